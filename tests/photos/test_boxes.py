"""Photos sorted into boxes, one a class."""

import io
import zipfile

import pytest

from crackcls.datasets import catalogue
from crackcls.errors import InputError
from crackcls.photos import boxes
from crackcls.photos.shelf import Photo
from tests.conftest import encoded, picture


def photos(*numbers: int) -> list[Photo]:
    return [Photo(f"{n}.jpg", encoded(picture(n, 32)), f"{n}") for n in numbers]


def names_in(own: boxes.Boxes, box: int | None) -> list[str]:
    return [one.name for one in own.inside(box)]


def filled() -> boxes.Boxes:
    store = boxes.Store(10**9, 10**9)
    own = store.new()
    store.add(own, photos(1, 2), 0)
    store.add(own, photos(3), 1)
    store.add(own, photos(4, 5), None)
    return own


def test_photos_lie_in_one_box_each_and_are_sorted_by_number():
    own = filled()
    assert own.names == ["cracked", "sound"]
    own.sort("4", 1)
    own.sort("1", 1)
    own.sort("none", 1)
    assert [names_in(own, box) for box in (0, 1, None)] == [
        ["2.jpg"],
        ["3.jpg", "4.jpg", "1.jpg"],
        ["5.jpg"],
    ]
    before = own.state()
    own.remove(["5"])
    assert own.state() == before  # Nothing that is packed has changed.
    own.remove(["3", "none"])
    assert own.state() != before
    assert names_in(own, 1) == ["4.jpg", "1.jpg"]


def test_what_is_packed_is_what_training_takes(tmp_path, monkeypatch):
    own = filled()
    own.rename(0, "  Riss im   Putz ")
    content = own.packed()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["Riss im Putz/1.jpg", "Riss im Putz/2.jpg", "sound/3.jpg"]
    folder = catalogue.add_upload(io.BytesIO(content), "collected", emit=lambda *_, **__: None)
    labelled = catalogue.open_data(str(folder))
    assert labelled.classes == ("Riss im Putz", "sound")


@pytest.mark.parametrize("name", ["", "  ", "sound", "SOUND", "x/sound", ".."])
def test_a_class_has_a_name_of_its_own(name):
    own = filled()
    with pytest.raises(InputError, match="must have a name of its own"):
        own.rename(0, name)
    assert own.names == ["cracked", "sound"]


def test_classes_are_added_and_taken_away():
    own = filled()
    own.add_class()
    assert own.names == ["cracked", "sound", "class 3"]
    own.sort("5", 2)
    own.drop_class(0)
    assert own.names == ["sound", "class 3"]
    assert [names_in(own, box) for box in (0, 1, None)] == [
        ["3.jpg"],
        ["5.jpg"],
        ["1.jpg", "2.jpg", "4.jpg"],
    ]
    with pytest.raises(InputError, match="two classes"):
        own.drop_class(0)
    for _ in range(boxes.MOST_BOXES - 2):
        own.add_class()
    assert len({*own.names}) == boxes.MOST_BOXES
    with pytest.raises(InputError, match="At most 10 classes"):
        own.add_class()


def test_there_is_room_for_so_much_of_one_and_of_all():
    size = len(photos(1)[0].content)
    store = boxes.Store(most=round(4.5 * size), of_one=round(3.5 * size))
    own, other = store.new(), store.new()
    store.add(own, photos(1, 2), 0)
    store.add(own, photos(1, 2), 1)  # They are moved, and take no more.
    assert own.size() == sum(len(one.content) for one in photos(1, 2))
    with pytest.raises(InputError, match="MB of photos"):
        store.add(own, photos(3, 4), 0)
    assert names_in(own, 0) == []
    store.add(other, photos(5), 0)
    with pytest.raises(InputError, match="of all visitors"):
        store.add(other, photos(6, 7), 0)
    del own
    store.add(other, photos(6, 7), 0)
    with pytest.raises(InputError, match="500 photos"):
        store.add(other, [Photo("x", b"", f"x{n}") for n in range(500)], 0)


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_zip_gives_its_files_but_what_no_person_made():
    content = zipped(**{"a/1.jpg": b"one", "__MACOSX/a/._1.jpg": b"x", "2.jpg": b"two"})
    assert boxes.is_zip(content)
    assert boxes.out_of(content) == [("1.jpg", b"one"), ("2.jpg", b"two")]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (zipped(**{"../1.jpg": b"one"}), "this one holds none"),
        (zipped(**{"1.jpg": bytes(20_000_000)}), "at most 50 times"),
        (zipped(**{f"{n}.jpg": b"" for n in range(501)}), "at most 500 files"),
        (b"PK\x03\x04 and no more", "must be whole"),
    ],
)
def test_a_hostile_zip_is_refused(content, why):
    with pytest.raises(InputError, match=why):
        boxes.out_of(content)
