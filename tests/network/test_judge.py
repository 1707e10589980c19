"""The script in a packed model: the app's figure, where nothing but three packages is there."""

import io
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from crackcls import config, images
from crackcls.files import write_json
from crackcls.network import calibration, parcel, pieces
from crackcls.network.classifier import load_model
from crackcls.photos import examples
from crackcls.photos.verdict import Verdict, analyse, decide
from crackcls.runs import folders
from tests.conftest import encoded, picture

SHIPPED = config.PROJECT / "models" / config.DEFAULT_MODEL
# What `pip install ai-edge-litert numpy pillow` brings.
THERE = "ai_edge_litert", "backports", "flatbuffers", "google", "numpy", "PIL", "tqdm"
ALONE = f"""
import runpy, sys

class Nothing:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names and top not in {THERE!r}:
            raise ImportError(f"{{name}} is not there")

sys.meta_path.insert(0, Nothing())
for name in ("tensorflow", "streamlit", "pandas", "scipy", "crackcls"):
    try:
        __import__(name)
    except ImportError:
        continue
    sys.exit(f"{{name}} can be imported")
script, *sys.argv[1:] = sys.argv[1:]
sys.argv[0] = script
runpy.run_path(script, run_name="__main__")
"""


def photos_in(folder: Path) -> list[Path]:
    """Write photos of one tile: drawn walls, a turned one, a clear one on nothing, noise."""
    walls = [Image.open(io.BytesIO(examples.picture(name))) for name in [*examples.EXAMPLES][:2]]
    squares = [wall.convert("RGB").crop((0, 0, 400, 400)) for wall in walls]
    turned = Image.Exif()
    turned[0x0112] = 6
    clear = squares[0].convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(clear.size))
    contents = {f"wall {i}.jpg": encoded(one.resize((160, 160))) for i, one in enumerate(squares)}
    contents |= {
        "large.png": encoded(squares[0], "PNG"),
        "turned.jpg": encoded(picture(3, 227, cracked=True), exif=turned),
        "clear.png": encoded(clear, "PNG"),
        "grey.png": encoded(picture(4, 96).convert("L"), "PNG"),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in contents]


def of_patches(model: Path) -> None:
    """Let a model know that it was trained on patches."""
    about = folders.model_of(model)
    write_json(
        model / "model.json", {**about, "trained_on": {"long": 3 * [400], "short": [96] * 3}}
    )


def in_pieces(model: Path) -> None:
    """Let a model see photos in pieces, by a head of its own."""
    of_patches(model)
    about = folders.model_of(model)
    write_json(model / "model.json", {**about, "pieces": {"along": 3, "across": 2}})
    kernel = np.random.default_rng(7).normal(size=(pieces.FEATURES, 2)).astype(np.float32)
    pieces.save(pieces.Head(kernel / 40, np.zeros(2, np.float32)), model)


def unpacked(model: Path, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(parcel.pack(folders.read_run(model)))) as archive:
        archive.extractall(folder)
    return folder / "judge.py"


def said_by_the_app(shipped: Path, photos: list[Path]) -> list[Verdict]:
    model, known = load_model(shipped), calibration.load(shipped)
    opened = (images.read_photo(photo.read_bytes()) for photo in photos)
    return [decide(analyse(upright, model, known)) for upright in opened]


@pytest.mark.parametrize(
    ("change", "photo_count"),
    [(None, 6), (of_patches, 6), (in_pieces, 3)],
    ids=["old", "patches", "pieces"],
)
def test_it_gives_the_figure_of_the_app_with_three_packages_alone(tmp_path, change, photo_count):
    model = shutil.copytree(SHIPPED, tmp_path / "models" / "wall")
    if change:
        change(model)
    photos = photos_in(tmp_path)[-photo_count:]
    script = unpacked(model, tmp_path / "away")
    command = [sys.executable, "-c", ALONE, str(script), *map(str, photos)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    verdicts, lines = said_by_the_app(model, photos), done.stdout.splitlines()
    for photo, line, said in zip(photos, lines, verdicts, strict=True):
        assert said.tiles == 1
        vote, word, familiarity = line.removeprefix(f"{photo}: Positive ").split()[:3]
        assert float(vote) == pytest.approx(said.probability, abs=1e-4)
        assert word == "(familiarity"
        assert float(familiarity.rstrip(")")) == pytest.approx(said.familiarity, abs=6e-3)
        assert line.endswith("unfamiliar: no verdict") == (said.familiarity < 0.5)
    votes = [said.probability for said in verdicts]
    assert max(votes) - min(votes) > 0.02


def test_without_a_photo_it_says_how_it_is_called(tmp_path):
    command = [sys.executable, str(parcel.JUDGE)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 1
    assert "python judge.py PHOTO ..." in done.stderr
    assert "pip install ai-edge-litert numpy pillow" in done.stderr
