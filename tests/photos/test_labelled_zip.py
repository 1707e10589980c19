"""The ZIP of photos that a person has labelled."""

import io

from crackcls.datasets import catalogue
from crackcls.datasets.inspection import class_table, inspect
from crackcls.photos import labelled_zip
from crackcls.photos.shelf import Photo
from tests.conftest import encoded, picture
from tests.photos.test_export import MARK, TRACES, marked, members


def silent(kind: str, **facts: object) -> None:
    pass


def photo(name: str, number: int, content: bytes = b"") -> Photo:
    return Photo(name, content or encoded(picture(number)), f"{number}")


def test_each_class_has_a_folder_and_who_is_not_sure_is_left_out():
    photos = [
        *(photo("a.jpg", 1), photo("A.jpg", 2), photo("../a.jpg", 3), photo("b.jpg", 4)),
        *(Photo("gone.jpg", b"", "5"), photo("twin.jpg", 1)),
    ]
    labels = {"1": "Positive", "2": "Positive", "3": "Negative", "4": "", "5": "Positive"}
    assert [one.name for one in labelled_zip.labelled(photos, labels)] == [
        *("twin.jpg", "A.jpg", "../a.jpg"),
    ]
    files = members(labelled_zip.zip_of(photos, labels))
    assert [*files] == ["Positive/twin.jpg", "Positive/A.jpg", "Negative/a.jpg"]
    assert files["Positive/A.jpg"] == photos[1].content


def test_photos_of_one_name_and_classes_of_any_are_packed():
    photos = [photo("1.jpg", 1), photo("1.JPG", 2), photo("\x00", 3)]
    files = members(labelled_zip.zip_of(photos, {"1": "a/b", "2": "a/b", "3": ".."}))
    assert [*files] == ["b/1.jpg", "b/1-2.JPG", "class/photo"]


def test_the_place_of_a_photo_is_no_part_of_it():
    packed = labelled_zip.zip_of([photo("a.jpg", 1, marked("JPEG"))], {"1": "Positive"})
    (content,) = members(packed).values()
    assert MARK.encode() not in content and b"exif" not in content.lower() and TRACES


def test_training_and_evaluation_take_it_as_an_upload():
    photos = [photo(f"{n}.jpg", n) for n in range(8)]
    labels = {f"{n}": ("Positive", "Negative")[n % 2] for n in range(8)}
    archive = io.BytesIO(labelled_zip.zip_of(photos, labels))
    folder = catalogue.add_upload(archive, "labelled.zip", silent)
    assert not list(catalogue.left_out_of(folder))
    found = catalogue.open_data(folder)
    assert (found.classes, len(found.files)) == (("Negative", "Positive"), 8)
    table = class_table(inspect(found, silent))
    assert table["images"].tolist() == [4, 4]
