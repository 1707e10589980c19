"""Which files below a folder count as photos, and how the others are named."""

import os
import sys
from pathlib import Path

import pytest

from crackcls import images
from crackcls.formats import photo_files
from tests.conftest import SHARED, encoded, picture
from tests.tiffs import tags_of, tiff

PHOTO = encoded(picture(1))
RAW = tiff([({**tags_of((8, 8), 3, 8), 254: (1,), 330: (8,)}, [bytes(192)])])


def folder_with(top: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(content)
    return top


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("a.jfif", "JPEG"),
        ("DSC1.HIF", "HEIF"),
        ("scan.dib", "BMP"),
        ("a.jpe", "JPEG"),
        ("no ending", "PNG"),
        ("photo.txt", "JPEG"),
        ("IMG_1.JPG_original", "JPEG"),
        ("deep/er/photo.data", "WEBP"),
        ("a.thm", "JPEG"),
        ("wall.", "GIF"),
    ],
)
def test_a_photo_counts_whatever_its_name(tmp_path, name, format_):
    folder_with(tmp_path, {name: encoded(picture(1, 32), format_)})
    assert photo_files.below(tmp_path) == photo_files.Found([name], {})
    assert images.read_photo((tmp_path / name).read_bytes()).size == (32, 32)


@pytest.mark.parametrize(
    "name",
    [
        *("._1.jpg", "@eaDir/1.jpg", "a/@eaDir/1.jpg/SYNO_M.jpg", ".Trashes/1.jpg"),
        *("$RECYCLE.BIN/1.jpg", "a/Thumbs.db", "desktop.ini", "__MACOSX/a/1.jpg", "a/.DS_Store"),
        *("#recycle/1.jpg", "lost+found/1.jpg", "System Volume Information/1.jpg", ".x/1.jpg"),
    ],
)
def test_litter_is_neither_photo_nor_named(tmp_path, name):
    folder_with(tmp_path, {name: PHOTO, "a/1.jpg": PHOTO})
    assert photo_files.below(tmp_path) == photo_files.Found(["a/1.jpg"], {})


OTHERS = {
    "notes.txt": (b"hello", "a text"),
    "a/labels.csv": (b"a,b\n1,2\n", "a table of text (CSV)"),
    "a/b/film.mp4": (b"\0\0\0\x18ftypmp42" + bytes(99), "a video"),
    "paper": (b"%PDF-1.7\n", "a PDF document"),
    "1.dng": (RAW, "a camera's raw file"),
    "2.NEF": (RAW, "a camera's raw file"),
    "3.tiff_": (RAW, "a camera's raw file"),
    "a.jpg.crdownload": (PHOTO, "a download that has not ended"),
    "none": (b"", "empty"),
    "zeros.raw": (bytes(9999), "nothing but zeros"),
    "page.jpg.html": (b"<!doctype html>", "a web page"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_photo_is_named_for_what_it_is(tmp_path, name):
    content, kind = OTHERS[name]
    folder_with(tmp_path, {name: content})
    found = photo_files.below(tmp_path)
    assert found.photos == []
    assert [*found.passed_over] == [name]
    assert found.passed_over[name].name.startswith(kind)


def test_a_file_that_says_to_be_a_photo_is_left_to_whoever_decodes_it(tmp_path):
    folder_with(tmp_path, {"a.jpg": b"a text", "b.PNG": b"", "c.heic": PHOTO})
    assert photo_files.below(tmp_path).photos == ["a.jpg", "b.PNG", "c.heic"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows makes such links for some people only")
def test_links_and_pipes_are_named_and_not_waited_for(tmp_path):
    folder_with(tmp_path, {"a/1.jpg": PHOTO})
    (tmp_path / "b.jpg").symlink_to(tmp_path / "a" / "1.jpg")
    (tmp_path / "lost.jpg").symlink_to(tmp_path / "nowhere")
    (tmp_path / "up").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    found = photo_files.below(tmp_path)
    assert found.photos == ["a/1.jpg", "b.jpg"]
    assert {name: kind.name for name, kind in found.passed_over.items()} == dict.fromkeys(
        ["lost.jpg", "pipe", "up"], "no file but a link or a device"
    )


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() == 0, reason="all may be read here")
def test_a_file_that_may_not_be_read_is_named(tmp_path):
    folder_with(tmp_path, {"a": PHOTO})
    (tmp_path / "a").chmod(0)
    assert photo_files.below(tmp_path).passed_over["a"].name == "not readable"


def test_names_are_said_by_kind_and_not_without_end(tmp_path):
    texts = {f"{number:02}.txt": b"text" for number in range(12)}
    others = {"film.mov": b"\0\0\0\x14ftypqt  " + bytes(99), "1.dng": RAW, "2.dng": RAW}
    folder_with(tmp_path, {**texts, **others})
    assert photo_files.lines(photo_files.below(tmp_path).passed_over) == [
        "passed over 12 files, each a text: 00.txt, 01.txt, 02.txt, 03.txt, 04.txt and 7 more.",
        "passed over 2 files, each a camera's raw file: 1.dng, 2.dng. "
        "Export it as JPEG with the camera's program or another for photos.",
        "passed over film.mov: it is a video. Save single pictures of it as JPEG.",
    ]


@pytest.mark.skipif(
    not (SHARED / "cases").is_dir(), reason="the cases are not beside the project (../shared/cases)"
)
def test_of_the_cases_only_the_maps_and_the_scan_are_photos():
    found = photo_files.below(SHARED / "cases")
    assert found.photos == ["geotiff_11bit_in_16.tif", "geotiff_5band.tif", "scan_three_pages.tif"]
    kinds = {name: kind.name for name, kind in found.passed_over.items()}
    assert kinds["raw_thumbnail.dng"] == kinds["raw_thumbnail_160x120.NEF"] == "a camera's raw file"
    assert {kind for name, kind in kinds.items() if name.endswith(".zip")} == {"a ZIP archive"}
