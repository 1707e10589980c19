"""Paths, defaults and limits, each stated once."""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from crackcls.errors import InputError

_PACKAGE = Path(__file__).resolve().parent
# What stands beside the package in a clone lies inside of it once installed, see pyproject.toml.
_INSTALLED = _PACKAGE / "project"
IS_INSTALLED = _INSTALLED.is_dir()
# The folder of app.py, pages/ and the shipped models.
PROJECT = _INSTALLED if IS_INSTALLED else _PACKAGE.parent
DEFAULT_MODEL = "default"
# The one for any concrete, and the one of the study's protocol.
SHIPPED_MODELS = DEFAULT_MODEL, "metu"

WEIGHTS_FILE = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"
WEIGHTS_SHA256 = "ef8460efdc78d744c129a26c71b5d048d7f4bbe03e2049bad8af55ac6cd6ddf4"

# How the folders of data are read, as a person may say: see `datasets.layout`.
LAYOUTS = ("outer", "inner", "names", "table", "plain")

IMAGE_SIZES = (96, 128, 160, 192, 224)
DRAWN_SPLITS = ("grouped", "random")
# The last keeps the parts that the data's own folders give.
SPLIT_MODES = (*DRAWN_SPLITS, "given")
# What is trained: the last layer, the last blocks too, or the whole network.
FINE_TUNE_LEARNING_RATES = {"head": 1e-4, "top": 1e-5, "all": 3e-4}
FINE_TUNE_EPOCHS = {"head": 10, "top": 10, "all": 6}
FINE_TUNE_BATCH_SIZES = {"head": 16, "top": 16, "all": 32}
# How much an image counts in training: balanced gives each class the same weight in all.
CLASS_WEIGHTS = ("balanced", "none")
# The numbers that the frozen part computes with; what is trained computes in float32.
PRECISIONS = ("int8", "float32")
# Of those for each, the first is the default.
FINE_TUNE_PRECISIONS = {"head": PRECISIONS, "top": ("float32",), "all": PRECISIONS}
# The frozen part in int8 for the default size and two classes, see models/WEIGHTS.md.
TEMPLATE_FILE, TEMPLATE_FITS = "mobilenet_v2_int8_160_2.tflite", ("int8", 160, 2)
TEMPLATE_SHA256 = "fe3f0a119974473639ddce55eb3dac8f257478cc8f874dc03e974b380e9c9502"

# The formats that cameras, phones and scanners write (MPO opens as JPEG). Pillow knows
# more, some of which start other programs (EPS) or hold no photograph.
PHOTO_FORMATS = (*("JPEG", "HEIF", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF", "JPEG2000", "PPM"),)
PHOTO_SUFFIXES = (
    *(".jpg", ".jpeg", ".jpe", ".mpo", ".heic", ".heif", ".png", ".webp", ".tif", ".tiff"),
    *(".bmp", ".gif", ".avif", ".jp2", ".ppm", ".pgm"),
)
# A table beside photos may say what class each has.
TABLE_SUFFIXES = (".csv", ".tsv", ".tab", ".txt")
MAX_TABLE_BYTES = 10_000_000
MAX_PHOTO_BYTES = 25 * 2**20
MAX_PHOTO_PIXELS = 80_000_000
# Decoding takes 18 to 24 bytes of memory a pixel for these two, and 8 to 10 for the others.
MAX_PIXELS_OF_FORMAT = {"WEBP": 50_000_000, "JPEG2000": 40_000_000}
# Over files that are cut into millions of parts Pillow takes minutes.
MAX_JPEG_SEGMENTS, MAX_JPEG_SCANS, MAX_TIFF_PARTS = 1000, 100, 100_000
MAX_PHOTOS_AT_ONCE, MAX_PICTURES_OF_A_FILE = 50, 1000

# Below this side, in pixels, enlarging a photo to the model's input only blurs it.
SMALL_SIDE = 96

# Two images are near copies when their 256-bit difference hashes, over all eight
# mirrored and turned versions, differ in at most this many bits.
NEAR_COPY_BITS = 10

# Four images at a time keep a layer's activations inside a core's cache: on two cores sixteen
# gave 18 % fewer images/s in float32 and 3 % fewer in int8, see BENCHMARKS.md.
BATCH_ON_A_CORE = 4
# A GPU is idle between small calls.
BATCH_ON_A_GPU = 64


# The probability from which a model calls the class that is looked for.
THRESHOLD = 0.5


@dataclass(frozen=True)
class ArchiveLimits:
    """How much an archive may unpack to.

    Attributes:
        files: Most files.
        size: Most bytes, unpacked, in all.
        ratio: Most unpacked bytes for each byte of the archive. Photos hardly shrink.
    """

    files: int
    size: int
    ratio: int


UPLOAD_LIMITS = ArchiveLimits(files=20_000, size=2_000_000_000, ratio=50)
MAX_UPLOAD_MB = 300
MAX_UPLOADS = 10
# How long what a visitor has uploaded, and trained, is kept after it was used last.
UPLOAD_HOURS, RUN_HOURS = 24, 14 * 24
# Bytes of the disk that uploads and runs leave free.
DISK_RESERVE = 300_000_000
MAX_EPOCHS = 1000

SYNTHETIC_COUNT, SYNTHETIC_SEED = 4000, 0
SYNTHETIC_COUNTS = 40, 100_000
# What a model trained on the default synthetic data alone makes of METU, see docs/data.md.
SYNTHETIC_ON_METU = {"accuracy": 0.9618, "roc_auc": 0.9963, "images": 20_000}


@dataclass(frozen=True)
class TrainConfig:
    """Settings of one training run; the defaults are the study's protocol.

    `positive` is the class that is looked for; None leaves it to the classes' names, see
    `class_names.settle`. `minutes` is how long the run may take; None sets no end.
    """

    epochs: int = FINE_TUNE_EPOCHS["head"]
    batch_size: int = FINE_TUNE_BATCH_SIZES["head"]
    image_size: int = 160
    learning_rate: float = FINE_TUNE_LEARNING_RATES["head"]
    split: str = "grouped"
    seed: int = 12345
    fine_tune: str = "head"
    precision: str = FINE_TUNE_PRECISIONS["head"][0]
    class_weights: str = CLASS_WEIGHTS[0]
    limit: int | None = None
    patience: int = 5
    positive: str | None = None
    minutes: int | None = None


def check_settings(settings: TrainConfig) -> None:
    """Check each setting against its range.

    Raises:
        InputError: Names the setting and the value.
    """
    rules = {
        "epochs": (1 <= settings.epochs <= MAX_EPOCHS, f"1 to {MAX_EPOCHS:,}"),
        "batch-size": (1 <= settings.batch_size <= 1024, "1 to 1,024"),
        "image-size": (settings.image_size in IMAGE_SIZES, f"{IMAGE_SIZES}"),
        "learning-rate": (0 < settings.learning_rate <= 1, "above 0, at most 1"),
        "split": (settings.split in SPLIT_MODES, f"{SPLIT_MODES}"),
        "seed": (0 <= settings.seed < 2**32, "0 to 4,294,967,295"),
        "fine-tune": (
            settings.fine_tune in FINE_TUNE_LEARNING_RATES,
            f"{tuple(FINE_TUNE_LEARNING_RATES)}",
        ),
        "precision": (settings.precision in PRECISIONS, f"{PRECISIONS}"),
        "class-weights": (settings.class_weights in CLASS_WEIGHTS, f"{CLASS_WEIGHTS}"),
        "limit": (settings.limit is None or settings.limit > 0, "above 0"),
        "minutes": (settings.minutes is None or settings.minutes > 0, "above 0"),
    }
    for name, (holds, range_) in rules.items():
        if not holds:
            value = getattr(settings, name.replace("-", "_"))
            raise InputError(f"The setting {name} must be {range_}, received {value}.")
    if settings.precision not in FINE_TUNE_PRECISIONS[settings.fine_tune]:
        raise InputError(
            f"The setting precision with fine-tune {settings.fine_tune} must be float32, since "
            f"int8 cannot be trained, received {settings.precision}."
        )


def batch_size_for(fine_tune: str, images: int) -> int:
    """Give the usual batch size, or a smaller one that the training part of few images fills.

    Args:
        fine_tune: What is trained.
        images: How many there are in all; 0 where that is not known.

    Returns:
        For few images a power of two, at most half of them.
    """
    usual = FINE_TUNE_BATCH_SIZES[fine_tune]
    return min(usual, 1 << max(1, images // 2).bit_length() - 1) if images else usual


def models_folder() -> Path:
    """Give the folder of models and runs: CRACKCLS_MODELS where set, else `models/`.

    An installed package keeps them in the user's data folder, since its own may be read-only.
    """
    chosen = os.environ.get("CRACKCLS_MODELS")
    if chosen:
        return Path(chosen)
    return data_folder() / "models" if IS_INSTALLED else shipped_folder()


def cache_folder() -> Path:
    """Give the folder of prefix outputs: the user's cache, or CRACKCLS_CACHE where set."""
    return _of_user("CRACKCLS_CACHE", platformdirs.user_cache_path)


def data_folder() -> Path:
    """Give the folder of data sets: the user's data folder, or CRACKCLS_DATA where set."""
    return _of_user("CRACKCLS_DATA", platformdirs.user_data_path)


def shipped_folder() -> Path:
    """Give the folder of the models and weights that come with the package."""
    return PROJECT / "models"


def weights_path() -> Path:
    """Give the path of the ImageNet weights, which lie beside the shipped model."""
    return shipped_folder() / WEIGHTS_FILE


def template_path() -> Path:
    """Give the path of the template that comes with the repository, for `TEMPLATE_FITS`."""
    return shipped_folder() / TEMPLATE_FILE


def _of_user(setting: str, place: Callable[..., Path]) -> Path:
    if chosen := os.environ.get(setting):
        return Path(chosen)
    with suppress(RuntimeError):  # Of versions that say that there is no home.
        folder = place("crackcls", appauthor=False)
        if folder.is_absolute():
            return folder
    # A user whom the system does not know, as in a container.
    raise InputError(
        f"This user must have a home folder, or {setting} must name a folder, and neither is so. "
        f"Let {setting} name one.",
        public="The server must have a folder to keep data in, and it has none. Tell whoever runs "
        "it.",
    )
