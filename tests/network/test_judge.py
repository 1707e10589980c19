"""The script in a packed model: the app's figure, where nothing but three packages is there."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from crackcls import config, images
from crackcls.network import calibration, parcel
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
    walls = [Image.open(io.BytesIO(examples.picture(name))) for name in examples.EXAMPLES]
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


@pytest.fixture(scope="module")
def away(tmp_path_factory) -> Path:
    """Unpack the shipped model."""
    folder = tmp_path_factory.mktemp("away")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRACKCLS_MODELS", str(SHIPPED.parent))
        content = parcel.pack(folders.open_run(SHIPPED.name))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    return folder


def said_by_the_app(photos: list[Path]) -> list[Verdict]:
    model, known = load_model(SHIPPED), calibration.load(SHIPPED)
    opened = (images.read_photo(photo.read_bytes()) for photo in photos)
    return [decide(analyse(upright, model, known)) for upright in opened]


def test_it_gives_the_figure_of_the_app_with_three_packages_alone(away, tmp_path):
    photos = photos_in(tmp_path)
    command = [sys.executable, "-c", ALONE, str(away / "judge.py"), *map(str, photos)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    verdicts, lines = said_by_the_app(photos), done.stdout.splitlines()
    for photo, line, said in zip(photos, lines, verdicts, strict=True):
        assert said.tiles == 1
        vote, word, familiarity = line.removeprefix(f"{photo}: Positive ").split()[:3]
        assert float(vote) == pytest.approx(said.probability, abs=1e-4)
        assert word == "(familiarity"
        assert float(familiarity.rstrip(")")) == pytest.approx(said.familiarity, abs=6e-3)
        assert line.endswith("unfamiliar: no verdict") == (said.familiarity < 0.5)
    votes = [said.probability for said in verdicts]
    assert min(votes) < 0.1 and max(votes) > 0.5


def test_without_a_photo_it_says_how_it_is_called(away, tmp_path):
    command = [sys.executable, str(away / "judge.py")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 1
    assert "python judge.py PHOTO ..." in done.stderr
    assert "pip install ai-edge-litert numpy pillow" in done.stderr
