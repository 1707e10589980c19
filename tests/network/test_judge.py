"""The script in a packed model: the app's figure, where nothing but three packages is there."""

import io
import re
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
from packaging.requirements import Requirement
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
# As the head of the script says.
ASKED = re.search("pip install (.+)", parcel.JUDGE.read_text(encoding="utf-8")).group(1).split()


@pytest.fixture(scope="module")
def alone(tmp_path_factory) -> Path:
    """Make a new environment with what the script asks for and nothing else; give its Python."""
    top = tmp_path_factory.mktemp("alone")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", top], check=True)
    (site,) = top.glob("[Ll]ib/**/site-packages")
    for one in installed_with(*ASKED).values():
        tops = {file.parts[0] for file in one.files if file.parts[0] != ".."}
        for name in tops - {entry.name for entry in site.iterdir()}:
            (site / name).symlink_to(one.locate_file(name))
    return next(top.glob("[bS]*/python*"))


def installed_with(*names: str) -> dict[str, metadata.Distribution]:
    """Give the distributions that pip installs for some, as they are in this environment."""
    found: dict[str, metadata.Distribution] = {}
    left = [*names]
    while left:
        one = metadata.distribution(left.pop())
        if one.name not in found:
            found[one.name] = one
            needs = map(Requirement, one.requires or ())
            left += [of.name for of in needs if not of.marker or of.marker.evaluate({"extra": ""})]
    return found


def test_the_environment_holds_the_three_packages_and_what_they_need(alone):
    assert ASKED == ["ai-edge-litert", "numpy", "pillow"]
    for name in ("ai_edge_litert", "numpy", "PIL"):
        subprocess.run([alone, "-I", "-c", f"import {name}"], check=True)
    for name in ("tensorflow", "streamlit", "pandas", "scipy", "crackcls", "pip"):
        done = subprocess.run([alone, "-I", "-c", f"import {name}"], capture_output=True, text=True)
        assert f"No module named '{name}'" in done.stderr


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
def test_it_gives_the_figure_of_the_app_with_three_packages_alone(
    alone, tmp_path, change, photo_count
):
    model = shutil.copytree(SHIPPED, tmp_path / "models" / "wall")
    if change:
        change(model)
    photos = photos_in(tmp_path)[-photo_count:]
    script = unpacked(model, tmp_path / "away")
    command = [alone, "-I", script, *photos]
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
