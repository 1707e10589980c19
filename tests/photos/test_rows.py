"""An evaluation says of a file what Predict says of it."""

import hashlib
import io
import json
import shutil
import zipfile
from dataclasses import replace

import h5py
import numpy as np
import pytest
from PIL import Image

from crackcls import config, images
from crackcls.datasets.synthetic import pictures
from crackcls.errors import InputError
from crackcls.network import calibration, pieces, pipeline
from crackcls.network.classifier import load_model
from crackcls.photos import rows
from crackcls.photos.verdict import analyse, decide
from tests.conftest import encoded, picture
from tests.widgets.analyses import analysis_of

SHIPPED = config.PROJECT / "models" / "metu"


@pytest.fixture
def files(tmp_path):
    """Write patches and photos, and what is none."""
    contents = [pictures.picture(1, number, pictures.CLASSES[number % 2]) for number in range(4)]
    contents += [
        encoded(picture(5, 900, cracked=True)),
        encoded(picture(6, 300).crop((0, 0, 300, 200))),
    ]
    contents += [encoded(Image.new("RGB", (700, 500), (30, 200, 40))), b"no photo"]
    paths = [tmp_path / f"{number}.jpg" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths


def test_the_verdict_and_the_probability_are_those_of_predict(files):
    model, known = load_model(SHIPPED), calibration.load(SHIPPED)
    *found, broken = rows.judge(files, SHIPPED)
    assert isinstance(broken, InputError)
    for path, row in zip(files[:-1], found, strict=True):
        analysis = analyse(images.read_photo(path.read_bytes()), model, known)
        said = decide(analysis)
        # An old model's vote of one tile is less than its probability where that is unfamiliar.
        of_one = analysis.probabilities[0, 1] if said.tiles == 1 else said.probability
        assert str(row["verdict"]) == said.words
        assert row["probabilities"].sum() == pytest.approx(1)
        assert row["probabilities"][1] == pytest.approx(of_one, abs=1e-4)
    words = {str(row["verdict"]) for row in found}
    assert {"cracked", "no crack found", "unfamiliar"} <= words


def test_a_class_is_called_from_half_on_where_a_verdict_finds_it():
    for votes, needed in (([0.9, 0.6, 0.2], 2), ([0.9, 0.4, 0.2], 2), ([0.51], 1), ([0.49], 1)):
        analysis = analysis_of(votes, (needed,))
        row = rows.row_of(analysis)
        assert (row["probabilities"].argmax() == 1) == (decide(analysis).kind == "found")
    other = replace(analysis_of([0.9], (1,)), label=0)
    other.probabilities[:] = [[0.3, 0.7]]
    assert rows.row_of(other)["probabilities"] == pytest.approx(np.array([0.3, 0.7]))


def test_of_more_than_two_classes_the_likeliest_is_called():
    row = rows.row_of(analysis_of([0.9], (1,), ("a", "b", "c")))
    assert row["probabilities"].tolist() == pytest.approx([0, 0.9, 0])
    assert str(row["verdict"]) == "b"


def test_a_model_without_a_calibration_gives_no_verdict(files, tmp_path):
    folder = tmp_path / "old"
    folder.mkdir()
    for name in ("model.json", "model.tflite"):
        shutil.copy(SHIPPED / name, folder / name)
    first, *_ = rows.judge(files[:2], folder)
    assert "verdict" not in first
    assert first["probabilities"].sum() == pytest.approx(1, abs=1e-5)


def test_known_features_of_a_file_stand_for_its_look_where_it_is_judged_whole(files, tmp_path):
    folder = of_patches(tmp_path / "patches")
    first, second, tiled = files[0], files[1], files[4]
    of_first, of_tiled = (
        next(pipeline.classify([path], load_model(folder)))["features"] for path in (first, tiled)
    )
    contents = {first: of_first, second: of_first, tiled: of_tiled}
    of_content = {
        hashlib.sha256(path.read_bytes()).hexdigest(): features
        for path, features in contents.items()
    }
    plain = [*rows.judge(files, folder)]
    seen = [*rows.judge(files, folder, rows.Features(of_content, head_of(folder)))]
    assert str(seen[-1]) == str(plain[-1])
    before, after = (np.stack([row["probabilities"] for row in of[:-1]]) for of in (plain, seen))
    assert after[0] == pytest.approx(before[0], abs=1e-5)
    assert np.array_equal(after[1], after[0]), "what is known was taken in place of a look"
    assert abs(before[1] - before[0]).max() > 0.5
    assert np.array_equal(after[2:], before[2:])


def of_patches(folder):
    """Give a model that knows that it was trained on patches."""
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("samples"))
    about = json.loads((folder / "model.json").read_text())
    sides = {"long": [227] * 3, "short": [227] * 3}
    (folder / "model.json").write_text(json.dumps({**about, "trained_on": sides}))
    return folder


def head_of(folder):
    """Read the last layer of a model from the file that Keras wrote."""
    with zipfile.ZipFile(folder / "model.keras") as packed:
        weights = h5py.File(io.BytesIO(packed.read("model.weights.h5")))
    return pieces.Head(*(weights[f"layers/dense/vars/{number}"][:] for number in (0, 1)))


@pytest.mark.parametrize("with_calibration", [True, False])
def test_a_worker_says_the_same_of_each_file(files, tmp_path, with_calibration):
    folder = tmp_path / "model"
    kept = () if with_calibration else calibration.FILES
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("samples", *kept))
    pairs = zip(rows.judge(files, folder), rows.opened(folder)(files), strict=True)
    *good, broken = [(here, there) for here, there in pairs]
    assert str(broken[0]) == str(broken[1])
    for here, there in good:
        assert here.keys() == there.keys()
        assert ("verdict" in here) == with_calibration
        assert all(np.array_equal(here[name], there[name]) for name in here)
