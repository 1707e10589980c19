"""Files of one picture and of several, judged: each picture once, no more than are asked for."""

from crackcls import config, images
from crackcls.errors import InputError
from crackcls.photos import judged
from crackcls.photos.files import each_file, judge_file
from tests.conftest import encoded, picture

PAGES = [picture(number, 32) for number in range(4)]
SCAN = encoded(PAGES[0], "TIFF", save_all=True, append_images=PAGES[1:])


def counted(monkeypatch) -> list[int | None]:
    """Let nothing be judged, and give the numbers of the pictures that would be."""
    asked: list[int | None] = []

    def judge_photo(name, content, classifier, known, number=None):
        images.read_photo(content, number)
        asked.append(number)
        return judged.Judged(name, b"", None)

    monkeypatch.setattr(judged, "judge_photo", judge_photo)
    return asked


def test_each_page_is_judged_up_to_the_limit_and_the_others_are_said(monkeypatch):
    asked = counted(monkeypatch)
    parts = judge_file("scan.tif", SCAN, None, None, 3)
    assert asked == [0, 1, 2]
    assert [part for part, _ in parts] == ["page 1 of 4", "page 2 of 4", "page 3 of 4", ""]
    assert "this one has 4" in str(parts[-1][1])


def test_a_photo_is_judged_as_other_programs_show_it(monkeypatch):
    asked = counted(monkeypatch)
    ((part, found),) = judge_file("a.jpg", encoded(picture(1)), None, None)
    assert (asked, part, found.name) == ([None], "", "a.jpg")


def test_what_is_no_photo_is_said_once(monkeypatch):
    asked = counted(monkeypatch)
    ((part, error),) = judge_file("a.jpg", b"%PDF-1.7", None, None, 9)
    assert (asked, part) == ([], "")
    assert isinstance(error, InputError)


def test_pages_of_files_are_cut_by_the_same_limit(monkeypatch, tmp_path):
    path = tmp_path / "scan.tif"
    path.write_bytes(SCAN)
    monkeypatch.setattr(config, "MAX_PICTURES_OF_A_FILE", 2)
    monkeypatch.setattr("crackcls.photos.files.analyse", lambda upright, *_, workers: upright.size)
    (parts,) = each_file([path], None, None, lambda file, part, upright, analysis: analysis)
    assert parts[:2] == [("page 1 of 4", (32, 32)), ("page 2 of 4", (32, 32))]
    assert isinstance(parts[2][1], InputError)
