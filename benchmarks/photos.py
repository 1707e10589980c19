"""What the verdicts on photos are worth, as the table in docs/photos.md.

    python -m benchmarks.photos --shared ../shared

For each shipped model: the photos from outside METU and the METU images in `--shared`, the
pictures that come with scikit-image, scikit-learn and matplotlib as pictures that are no concrete,
and the patches of `benchmarks.concrete`. METU's test images are those of the model `metu`; the
model `default` was trained without them.
"""

import argparse
import importlib.util
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from crackcls import config, files
from crackcls.errors import InputError
from crackcls.labelled import list_images
from crackcls.network import calibration
from crackcls.network.classifier import load_model
from crackcls.photos import tiles
from crackcls.photos.files import each_file
from crackcls.photos.verdict import (
    DOUBTFUL,
    FOUND,
    NOT_FOUND,
    UNFAMILIAR,
    Analysis,
    analyse,
    decide,
)
from crackcls.runs import folders

PACKAGES = {
    "skimage": "data",
    "sklearn": "datasets/images",
    "matplotlib": "mpl-data/sample_data",
}
METU_TEST = {"METU test part, Negative": False, "METU test part, Positive": True}
KINDS = FOUND, DOUBTFUL, NOT_FOUND, UNFAMILIAR
CRACK = 255
# As in the project's task: heat counts as right up to so many pixels from a crack, on photos
# with so many pixels of cracks or more.
NEAR, ENOUGH = 16, 400
MOSAICS = 50
# The shipped model whose test part is METU's for all.
STUDY = config.SHIPPED_MODELS[1]


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--shared", type=Path, default=Path("../shared"))
    options.add_argument("--models", nargs="+", default=config.SHIPPED_MODELS)
    chosen = options.parse_args()
    for name in chosen.models:
        print(f"\n## {name}\n")
        print_photos(name, chosen.shared)
    from benchmarks import concrete  # It takes functions of this module.

    concrete.print_tables(chosen.models, chosen.shared)


def print_photos(name: str, shared: Path) -> None:
    """Print what one model says of photos."""
    folder, study = folders.folder_of(name), folders.folder_of(STUDY)
    model = load_model(folder), calibration.load(folder)
    outside = shared / "outside"
    walls = judge(sorted((outside / "uav75" / "train_img").iterdir()), model)
    kinds = {
        "cracked concrete": judge(sorted((outside / "cracked").iterdir()), model),
        "thin cracks and plank joints (uav75)": walls,
        "no concrete": judge(list(other_pictures()), model),
        **metu_test(shared / "metu", study, model),
        **put_together(shared / "metu", study, model),
    }
    print_verdicts(kinds)
    print_accuracy(kinds)
    masks = {path: mask_of(outside / "uav75" / "train_lab", path) for path in walls}
    print_areas(walls, masks)
    print_heat(walls, masks)


def judge(paths: Sequence[Path], model) -> dict[Path, Analysis]:
    """Analyse photo files; those that cannot be read are left out."""
    found = each_file(paths, *model, lambda path, part, upright, analysis: analysis)
    pairs = ((path, parts[0][1]) for path, parts in zip(paths, found, strict=True))
    return {path: one for path, one in pairs if not isinstance(one, InputError)}


def other_pictures() -> Iterator[Path]:
    """Give the pictures that come with the packages."""
    for package, inside in PACKAGES.items():
        top = Path(importlib.util.find_spec(package).origin).parent / inside
        yield from (p for p in sorted(top.rglob("*")) if p.suffix in config.PHOTO_SUFFIXES)


def metu_test(metu: Path, folder: Path, model) -> dict[str, dict[Path, Analysis]]:
    """Analyse the test part of the model, class by class."""
    paths = test_paths(metu, folder)
    return {f"METU test part, {name}": judge(found, model) for name, found in paths.items()}


def test_paths(metu: Path, folder: Path) -> dict[str, list[Path]]:
    """Give the test images of each class."""
    split = files.read_csv(folder / "split.csv")
    names = list(split["file"][split["part"] == "test"])
    labelled = list_images(metu)
    return {
        kind: [labelled.path(name) for name in names if name.startswith(f"{kind}/")]
        for kind in labelled.classes
    }


def put_together(metu: Path, folder: Path, model) -> dict[str, dict[int, Analysis]]:
    """Analyse photos of 4 x 4 METU test patches, none or one of them cracked."""
    paths = test_paths(metu, folder)
    return {
        f"16 METU test patches put together, {cracked} of them cracked": {
            seed: analyse(mosaic(paths, cracked, seed), *model) for seed in range(MOSAICS)
        }
        for cracked in (0, 1)
    }


def mosaic(paths: dict[str, list[Path]], cracked: int, seed: int) -> Image.Image:
    """Put 4 x 4 patches together; the seed chooses and orders them."""
    rng = np.random.default_rng((seed, cracked))
    sound, cracks = (rng.choice(paths[name], 16) for name in ("Negative", "Positive"))
    chosen = rng.permutation([*cracks[:cracked], *sound[cracked:]])
    image = Image.new("RGB", (4 * tiles.PATCH, 4 * tiles.PATCH))
    for place, path in enumerate(chosen):
        image.paste(Image.open(path), tuple(tiles.PATCH * n for n in divmod(place, 4)))
    return image


def print_verdicts(kinds: dict[str, dict[Path, Analysis]]) -> None:
    """Print how many photos of each kind got each verdict."""
    print("| photos | count | cracked | doubtful | no crack found | unfamiliar |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, analyses in kinds.items():
        counts = Counter(decide(one).kind for one in analyses.values())
        cells = " | ".join(str(counts[kind]) for kind in KINDS)
        print(f"| {name} | {len(analyses):,} | {cells} |")


def print_accuracy(kinds: dict[str, dict[Path, Analysis]]) -> None:
    """Print how many METU test images the model's probability alone puts on the right side."""
    right = dict.fromkeys(METU_TEST, 0)
    for name, is_cracked in METU_TEST.items():
        for one in kinds[name].values():
            right[name] += bool(one.probabilities[0, one.label] >= config.THRESHOLD) == is_cracked
    count, good = sum(len(kinds[name]) for name in METU_TEST), sum(right.values())
    print(f"\nMETU test part, each image by its probability: {good} of {count} right,")
    print(f"{good / count:.2%}.")


def mask_of(folder: Path, path: Path) -> np.ndarray:
    """Give the crack pixels of a photo: `(rows, columns)`, bool."""
    return np.asarray(Image.open(folder / f"{path.stem}.png").convert("L")) == CRACK


def print_areas(walls: dict[Path, Analysis], masks: dict[Path, np.ndarray]) -> None:
    """Print how well tiles with a crack are told from tiles without, by their mean heat."""
    from sklearn.metrics import roc_auc_score

    print("\n| tiles of uav75 | tiles | with a crack | ROC AUC, the tile alone | with its heat |")
    print("| --- | --- | --- | --- | --- |")
    for scale, name in enumerate(("long side / 4", "long side / 8")):
        rows = [row for path, one in walls.items() for row in tile_rows(one, masks[path], scale)]
        pixels, alone, heat = np.array(rows).T
        areas = [roc_auc_score(pixels > 0, score) for score in (alone, heat)]
        print(f"| {name} | {len(rows):,} | {sum(pixels > 0):,} | {areas[0]:.3f} | {areas[1]:.3f} |")


def tile_rows(one: Analysis, mask: np.ndarray, scale: int) -> Iterator[tuple]:
    """Give crack pixels, probability and mean heat of each tile of one scale."""
    heat = enlarged(one.heat, mask.shape)
    chosen = one.scale == scale
    probabilities = one.probabilities[chosen, one.label]
    for (left, top, side, _), alone in zip(one.places[chosen], probabilities, strict=True):
        area = slice(top, top + side), slice(left, left + side)
        yield mask[area].sum(), alone, heat[area].mean()


def print_heat(walls: dict[Path, Analysis], masks: dict[Path, np.ndarray]) -> None:
    """Print how much denser heat lies at cracks than elsewhere."""
    from scipy.ndimage import distance_transform_edt

    shares = []
    for path, one in walls.items():
        if masks[path].sum() >= ENOUGH:
            near = distance_transform_edt(~masks[path]) <= NEAR
            heat = enlarged(one.heat, near.shape)
            shares.append((heat[near].sum() / heat.sum(), near.mean()))
    inside, area = np.array(shares).T
    ratios = inside / area
    print(f"\nHeat within {NEAR} px of a crack, {len(shares)} photos of uav75 with {ENOUGH} crack")
    print(f"pixels or more: {inside.mean():.1%} of it on {area.mean():.1%} of the area, which is")
    print(f"{inside.mean() / area.mean():.2f} to 1; by photo: median {np.median(ratios):.2f},")
    print(f"lowest {ratios.min():.2f}, {sum(ratios >= 4)} photos at 4 or more.")


def enlarged(heat: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Enlarge heat to the pixels of a photo."""
    image = Image.fromarray(heat).resize(shape[::-1], Image.Resampling.BILINEAR)
    return np.asarray(image)


if __name__ == "__main__":
    main()
