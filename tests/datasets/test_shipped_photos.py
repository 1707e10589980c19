"""The photos that come with the app: which they are, and that no model is wronged by them."""

import pandas as pd
import pytest

from benchmarks import own_images
from crackcls import config, files
from crackcls.datasets import catalogue, several, shipped_photos
from crackcls.errors import InputError

MODELS = config.shipped_folder()


def test_the_list_is_what_the_command_makes_and_its_photos_are_there():
    wanted = own_images.same().reset_index(drop=True)
    pd.testing.assert_frame_equal(files.read_csv(MODELS / shipped_photos.LIST), wanted)
    found = catalogue.open_data("shipped-photos")
    assert found.name == "shipped-photos"
    assert [*found.files] == [*wanted["file"]]
    assert all(found.path(file).is_file() for file in found.files)
    counts = [found.labels.count(label) for label in range(len(found.classes))]
    assert min(counts) >= 20


def test_no_shipped_model_has_learned_from_one_and_none_is_made_up():
    files_ = {*shipped_photos.listing().files}
    for name in config.SHIPPED_MODELS:
        learned = own_images.learned_from(MODELS / name)
        for other in config.SHIPPED_MODELS:
            rows = own_images.tested(MODELS / other)
            known = rows.assign(file=f"{other}/samples/" + rows["file"]).set_index("file")
            mine = known.loc[[file for file in files_ if file.startswith(f"{other}/")]]
            assert not learned & {*mine["sha256"]}
            assert "synthetic" not in {*mine["set"]}


def test_of_a_kind_that_is_here_whole_only_its_share_is_taken(tmp_path):
    sha = [f"{number:02}" for number in range(12)]
    rows = pd.DataFrame(
        {
            "file": [f"{one}.jpg" for one in sha],
            "sha256": sha,
            "actual": "Positive",
            "predicted": ["Negative"] * 4 + ["Positive"] * 8,
            "probability": [0.9] * 10 + [0.6] * 2,
        }
    )
    (tmp_path / "samples").mkdir()
    for one in ("00", "01", "02", "03", "04", "05", "06", "10", "11"):
        (tmp_path / "samples" / f"{one}.jpg").touch()
    found = pd.concat(list(own_images.fair(rows, tmp_path)))
    # Three of six sure ones are here, so half of the others are taken.
    assert sorted(found["sha256"]) == ["00", "01", "04", "05", "06", "10"]


def test_data_of_the_same_name_is_another(tmp_path):
    assert shipped_photos.are("shipped-photos", MODELS)
    assert not shipped_photos.are("shipped-photos", tmp_path)
    assert not shipped_photos.are("shipped-photos", None)
    assert not shipped_photos.are("wall", MODELS)


def test_no_model_may_learn_from_them():
    with pytest.raises(InputError, match="none may learn from them"):
        several.open_sources([several.Source("shipped-photos")])
