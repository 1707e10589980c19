"""What a worker needs of a model, and what it makes of a photo."""

import shutil
from pathlib import Path

import pytest
from PIL import Image

from crackcls import config
from crackcls.errors import InputError
from crackcls.photos import lines
from crackcls.photos.verdict import COLUMNS, PICTURE
from tests.conftest import encoded, picture


@pytest.mark.parametrize("name", config.SHIPPED_MODELS)
def test_a_copy_of_the_named_files_of_a_model_is_enough(name: str, tmp_path: Path):
    folder, photo = tmp_path / name, tmp_path / "a.png"
    folder.mkdir()
    for file in lines.MODEL_FILES:
        if (there := config.PROJECT / "models" / name / file).exists():
            shutil.copy(there, folder)
    photo.write_bytes(encoded(picture(1, 227), "PNG"))
    place = tmp_path / "maps" / "a.png"
    judge = lines.opened(folder, 0.5, tmp_path / "maps")
    (alone,), (with_map,) = judge([(photo, None), (photo, place)])
    assert [*alone[1]] == [*COLUMNS]
    assert with_map == ("", {**alone[1], PICTURE: "a.png"})
    assert Image.open(place).size == (227, 227)


def test_what_stands_for_a_photo_that_could_not_be_judged():
    reason = InputError("It ended the process.")
    assert lines.lost(reason) == [("", reason)]
