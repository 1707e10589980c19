"""Synthetic concrete: the same from one seed, of both classes, whole or not there."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from crackcls import events
from crackcls.datasets.synthetic import marks, pictures, strokes, surface
from crackcls.errors import InputError
from tests.conftest import METU, Trained, crackcls, needs_metu


def silent(kind: str, **fields) -> None:
    """Hear nothing."""


def test_a_picture_is_a_colour_jpeg_of_the_size_of_metu():
    image = Image.open(io.BytesIO(pictures.picture(0, 1, "Positive")))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (227, 227))


@pytest.mark.parametrize("label", pictures.CLASSES)
def test_a_picture_follows_from_seed_number_and_class(label):
    first = pictures.picture(3, 7, label)
    assert pictures.picture(3, 7, label) == first
    other = "Negative" if label == "Positive" else "Positive"
    others = [(4, 7, label), (3, 8, label), (3, 7, other)]
    assert all(pictures.picture(*arguments) != first for arguments in others)


def test_cracks_are_dark_and_long_and_sound_pictures_have_none():
    rng = np.random.default_rng(0)
    plain = np.full((3, 227, 227), 0.6, np.float32)
    for _ in range(40):
        cracked = marks.crack(rng, plain)
        darker = cracked.mean(axis=0) < 0.6 * 0.75
        rows, columns = np.flatnonzero(darker.any(axis=1)), np.flatnonzero(darker.any(axis=0))
        assert darker.mean() > 0.001
        assert max(np.ptp(rows), np.ptp(columns)) > 50


@pytest.mark.parametrize("mark", marks.LOOK_ALIKES, ids=lambda mark: mark.__name__)
def test_each_look_alike_changes_a_part_of_the_surface(mark):
    plain = np.full((3, 227, 227), 0.5, np.float32)
    drawn = [mark(np.random.default_rng(seed), plain) for seed in range(12)]
    changed = [np.abs(scene - plain).max() for scene in drawn]
    assert all(scene.shape == plain.shape and scene.dtype == np.float32 for scene in drawn)
    assert np.median(changed) > 0.03
    assert all(np.isfinite(scene).all() for scene in drawn)


def test_surfaces_differ_in_brightness_colour_and_roughness():
    scenes = np.stack([surface.concrete(np.random.default_rng(seed), 64) for seed in range(60)])
    brightness = scenes.mean(axis=(1, 2, 3))
    warmth = (scenes[:, 0] - scenes[:, 2]).mean(axis=(1, 2))
    roughness = scenes.std(axis=(1, 2, 3))
    assert brightness.min() < 0.35 < 0.7 < brightness.max()
    assert warmth.min() < 0 < warmth.max()
    assert roughness.max() > 3 * roughness.min()


def test_a_picture_is_in_range_and_noisy():
    rng = np.random.default_rng(1)
    bright = np.full((3, 64, 64), 1.5, np.float32)
    assert (surface.photograph(rng, bright) == 255).all()
    grey = surface.photograph(rng, np.full((3, 64, 64), 0.5, np.float32))
    assert grey.shape == (64, 64, 3)
    assert grey.dtype == np.uint8
    assert 0 < grey.std() < 40


@pytest.mark.parametrize("sigma", [0.5, 1.0, 2.0, 6.0])
def test_a_blur_has_the_width_of_the_gaussian(sigma):
    point = np.zeros((99, 99), np.float32)
    point[49, 49] = 1
    spread = strokes.blurred(point, sigma)
    across = np.arange(99) - 49
    assert spread.sum() == pytest.approx(1, abs=1e-4)
    assert (spread.sum(axis=0) * across**2).sum() == pytest.approx(sigma**2, rel=0.02)


def test_noise_varies_over_the_distance_asked_for():
    rng = np.random.default_rng(0)
    for cell in (3, 10, 30):
        field = np.stack([strokes.noise(rng, 200, cell) for _ in range(8)])
        near = np.abs(np.diff(field, axis=1)).mean()
        assert 0.6 < field.std() < 1.4
        assert near == pytest.approx(1.1 / cell, rel=0.5)


def test_a_folder_is_made_whole_and_says_that_it_is_synthetic(tmp_path):
    folder = tmp_path / "made"
    heard = []
    pictures.make(folder, 41, 5, lambda kind, **fields: heard.append((kind, fields)))
    assert {path.name for path in folder.iterdir()} == {"Negative", "Positive", "README.txt"}
    files = sorted(path.relative_to(folder).as_posix() for path in folder.glob("*/*"))
    listed = pictures.listing(folder, 41)
    assert files == list(listed.files)
    assert (listed.labels.count(0), listed.labels.count(1)) == (21, 20)
    for file in ("Negative/00001.jpg", "Positive/00020.jpg"):
        name, number = file.split("/")
        expected = pictures.picture(5, int(number[:5]), name)
        assert (folder / file).read_bytes() == expected
    assert "None is a photo" in (folder / "README.txt").read_text()
    assert heard[0][1]["total"] == heard[-1][1]["done"] == 41


def test_nothing_is_left_of_a_folder_that_was_stopped(tmp_path):
    def stop(kind: str, **fields) -> None:
        if kind == "progress":
            raise events.Stopped

    with pytest.raises(events.Stopped):
        pictures.make(tmp_path / "made", 40, 0, stop)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_room_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "WORKER", "raise OSError(28, 'No space left on device')")
    with pytest.raises(InputError, match=r"No space left on device\)\. Make room"):
        pictures.make(tmp_path / "made", 40, 0, silent)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("count", "fits"), [(39, False), (40, True), (100_001, False)])
def test_a_count_out_of_range_is_refused(count, fits):
    if fits:
        pictures.check_count(count)
    else:
        with pytest.raises(InputError, match=f"40 to 100,000 photos, received {count:,}"):
            pictures.check_count(count)


@needs_metu
@pytest.mark.slow
def test_a_model_that_saw_synthetic_pictures_alone_knows_metu(tmp_path):
    place = Trained(tmp_path / "models", tmp_path / "cache", METU)
    crackcls(place, "train", "--data", "synthetic-1600-0", "--name", "made")
    settings = json.loads((place.models / "made" / "config.json").read_text())
    assert (settings["synthetic"], settings["images"], settings["fine_tune"]) == (
        True,
        1600,
        "head",
    )
    for name in pictures.CLASSES:
        (tmp_path / "metu" / name).mkdir(parents=True)
        for path in sorted((METU / name).iterdir())[::20]:
            (tmp_path / "metu" / name / path.name).write_bytes(path.read_bytes())
    words = ("evaluate", "--model", "made", "--data", tmp_path / "metu", "--json")
    report = json.loads(crackcls(place, *words).stdout)
    assert report["images"] == 1000
    assert report["roc_auc"] >= 0.98
    assert report["accuracy"] >= 0.93
