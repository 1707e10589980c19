"""Archives from outside: what is unpacked, what is refused, and that nothing is left then."""

import gzip
import io
import itertools
import re
import shutil
import struct
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from crackcls import config
from crackcls.datasets.archives import rar, zips
from crackcls.datasets.archives.unpack import Unpacked, extract_all, rar_tools, unpack_photos
from crackcls.errors import InputError
from crackcls.labelled import list_images
from tests.conftest import SHARED, encoded, picture
from tests.datasets.archives.rar import ENCRYPTED, LINK_TO_OUTSIDE, rar_of

LIMITS = config.ArchiveLimits(files=20, size=4_000_000, ratio=50)
PHOTO = encoded(picture(1))
TWO_CLASSES = ["Negative/1.jpg", "Positive/1.jpg"]
NOISE = np.random.default_rng(0).bytes(1000)
IN_RAR = [("c", None), ("c/größe.jpg", NOISE), ("c/empty", b""), ("c/big", bytes(150_000))]

needs_scripts = pytest.mark.skipif(
    sys.platform == "win32", reason="a Python script is no program on Windows"
)


class _AsIs(str):
    """A name that `zipfile` writes as the bytes it was made of."""

    def __new__(cls, raw: bytes) -> "_AsIs":
        name = super().__new__(cls, raw.decode("latin-1"))
        name.raw = raw
        return name

    def encode(self, *words: str) -> bytes:
        if words == ("ascii",):
            return self.raw
        return super().encode(*words)


def zip_of(
    names: Iterable[str | bytes], content: bytes = b"x", mode: int = 0o100644, deflated: bool = True
) -> bytes:
    """Make a ZIP in which all files have the same content and Unix mode.

    A name in bytes is stored as it is, without the flag for UTF-8.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        for name in names:
            info = zipfile.ZipInfo()
            info.filename = name if isinstance(name, str) else _AsIs(name)
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
            opened.writestr(info, content)
    return buffer.getvalue()


def zip_with(files: dict[str, bytes]) -> bytes:
    """Make a ZIP of files with contents."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return buffer.getvalue()


def declaring(archive: bytes, at: int, layout: str, value: int) -> bytes:
    """Change a field, counted from the flags, in both headers of the first file."""
    changed = bytearray(archive)
    struct.pack_into(layout, changed, changed.index(b"PK\3\4") + 6 + at, value)
    struct.pack_into(layout, changed, changed.index(b"PK\1\2") + 8 + at, value)
    return bytes(changed)


def listing(archive: bytes, entry: Callable[[bytes, int], bytes], count: int) -> bytes:
    """Put another list of files into a ZIP of one file: what a function makes of its entry."""
    start, end = archive.index(b"PK\1\2"), archive.index(b"PK\5\6")
    entries = b"".join(entry(archive[start:end], number) for number in range(count))
    about = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0, 0, len(entries), start, 0)
    return archive[:start] + entries + about


def flipped(archive: bytes, at: int) -> bytes:
    return archive[:at] + bytes([archive[at] ^ 0xFF]) + archive[at + 1 :]


def renamed(new: bytes) -> bytes:
    """Give a ZIP of one file whose name is not what zipfile would write."""
    old = "n/" + "_" * (len(new) - 2)
    return zip_of([old]).replace(old.encode(), new)


def in_tar() -> bytes:
    return b"name".ljust(257, b"\0") + b"ustar\x0000" + bytes(500)


def as_link(entry: bytes) -> bytes:
    """Make the entry of a list one of a link."""
    return entry[:38] + struct.pack("<I", 0o120777 << 16) + entry[42:]


STORED = zip_of(TWO_CLASSES, NOISE, deflated=False)
DEFLATED = zip_with(dict.fromkeys(TWO_CLASSES, PHOTO))
NFC, NFD = (unicodedata.normalize(form, "c/größe.jpg") for form in ("NFC", "NFD"))

HOSTILE = {
    "nothing": (b"", ["must be a ZIP archive", "this one is empty"]),
    "text": (b"no archive at all", ["must be a ZIP archive", "this one is a text"]),
    "office": (zip_of(["[Content_Types].xml", "a.jpg"]), ["a ZIP archive", "an office document"]),
    "rar": (rar_of([("c/1.jpg", b"x")]), ["must be a ZIP archive", "a RAR archive"]),
    "gzip": (gzip.compress(b"x"), ["must be a ZIP archive", "a gzip file"]),
    "tar": (in_tar(), ["must be a ZIP archive", "a tar archive"]),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(99), ["must be a ZIP archive", "a 7z archive"]),
    "no files": (zip_of([]), ["must hold files"]),
    "junk only": (zip_of([".DS_Store", "__MACOSX/._1.jpg"]), ["must hold files"]),
    "upwards": (zip_of(["../outside.txt"]), ["must stay inside", "'../outside.txt'", "'..'"]),
    "upwards inside": (zip_of(["c/../../outside.txt"]), ["must stay inside", "'..'"]),
    "upwards, hidden": (zip_of([".c/../../outside.txt"]), ["must stay inside", "'..'"]),
    "upwards by backslash": (zip_of(["c\\..\\..\\outside.txt"]), ["must stay inside", "'..'"]),
    "upwards folder": (zip_of([*TWO_CLASSES, "../c/"], b""), ["must stay inside", "'..'"]),
    "absolute": (zip_of(["/tmp/x.jpg"]), ["must stay inside", "an absolute path"]),
    "drive": (zip_of(["C:\\x.jpg"]), ["must stay inside", "an absolute path"]),
    "drive, relative": (zip_of(["c:x.jpg"]), ["must stay inside", "an absolute path"]),
    "server": (zip_of(["\\\\server\\x.jpg"]), ["must stay inside", "an absolute path"]),
    "symlink": (zip_of(["c/1.jpg"], b"/etc", 0o120777), ["'c/1.jpg'", "a link or a device"]),
    "device": (zip_of(["c/1.jpg"], b"", 0o060644), ["'c/1.jpg'", "a link or a device"]),
    "pipe": (zip_of(["c/1.jpg"], b"", 0o010644), ["'c/1.jpg'", "a link or a device"]),
    "encrypted": (declaring(DEFLATED, 0, "<H", 1), ["without a password", "'Negative/1.jpg'"]),
    "deflate64": (declaring(DEFLATED, 2, "<H", 9), ["Deflate", "method 9"]),
    "lzma": (declaring(DEFLATED, 2, "<H", 14), ["Deflate", "method 14"]),
    "deep": (zip_of(["/".join(22 * "f")]), ["lies in 21 folders"]),
    "several offenders": (
        zip_of(["../a.jpg", "/b.jpg", "..\\c.jpg", "C:/d.jpg", "c/1.jpg", "../e.jpg", "../f.jpg"]),
        ["'../a.jpg'", "'/b.jpg'", "'..\\\\c.jpg'", "'C:/d.jpg'", "'../e.jpg'", "and 1 more"],
    ),
    "offenders of several rules": (
        listing(zip_of(["c/0"]), lambda e, i: as_link(e) if i else e.replace(b"c/0", b"/x0"), 2),
        ["must stay inside", "'/x0'", "files and folders only", "'c/0' is a link or a device"],
    ),
    "21 files": (zip_of(f"c/{i}.jpg" for i in range(21)), ["at most 20 files", "holds 21"]),
    "5 MB": (
        zip_of("abcde", np.random.default_rng(1).bytes(999_999), deflated=False),
        ["at most 4,000,000 bytes", "has 4,999,995"],
    ),
    "bomb": (zip_of(["c/1.jpg"], bytes(3_000_000)), ["at most 50 times", "3,000,000"]),
    "bomb beside noise": (
        zip_with({"c/1.jpg": bytes(3_000_000), "c/2.jpg": np.random.default_rng(2).bytes(200_000)}),
        ["at most 50 times", "'c/1.jpg'"],
    ),
    "bomb of small files": (zip_of("abcd", bytes(900_000)), ["at most 50 times", "this one"]),
    "bomb that says 2 MB": (
        declaring(zip_of(["c/1.jpg"], bytes(6_000_000)), 16, "<I", 200_000),
        ["must be whole", "'c/1.jpg'"],
    ),
    "more said than there": (
        declaring(zip_of(["c/1.jpg"], NOISE), 16, "<I", 1001),
        ["must be whole", "'c/1.jpg'"],
    ),
    "bomb that says it is large": (
        declaring(zip_of(["c/1.jpg"], bytes(3_000_000)), 12, "<I", 2_000_000),
        ["at most 50 times", "this one"],
    ),
    "overlap": (
        listing(zip_of(["c/0"]), lambda e, i: e.replace(b"c/0", b"c/%c" % (65 + i)), 9),
        ["must be whole", "'c/A'"],
    ),
    "long list": (listing(DEFLATED, lambda e, i: e, 2000), ["list of files", "at most 141,312"]),
    "list that says 4 GB": (
        DEFLATED[:-10] + struct.pack("<I", 0xFFFFFFF0) + DEFLATED[-6:],
        ["must be whole", "list of files"],
    ),
    "list not in UTF-8": (declaring(renamed(b"c/\xff"), 0, "<H", 0x800), ["list of files"]),
    "CRC": (flipped(STORED, 60), ["must be whole", "'Negative/1.jpg'"]),
    "Deflate": (flipped(DEFLATED, 60), ["must be whole", "'Negative/1.jpg'"]),
    "header": (flipped(DEFLATED, 1 + DEFLATED.index(b"PK", 9)), ["whole", "'Positive/1.jpg'"]),
    **{
        f"cut at {cut}": (DEFLATED[:cut], ["must be whole", "list of files"])
        for cut in (4, 30, 200, len(DEFLATED) // 2, -60, -22, -1)
    },
}


# Names that one system or another cannot hold: refused where all is extracted as it is.
STRICT = {
    "case": (zip_of(["c/1.jpg", "c/1.JPG"]), ["must differ", "'c/1.jpg'", "'c/1.JPG'"]),
    "case of folders": (zip_of(["c/1.jpg", "C/2.jpg"]), ["must differ", "'c'", "'C'"]),
    "sharp s": (zip_of(["c/ß.jpg", "c/SS.jpg"]), ["must differ", "'c/ß.jpg'", "'c/SS.jpg'"]),
    "accents": (zip_of([NFC, NFD]), ["must differ", repr(NFC), repr(NFD)]),
    "slashes": (zip_of(["c/1.jpg", "c//./1.jpg"]), ["must differ", "'c/1.jpg'"]),
    "file, then folder": (zip_of(["c/1", "c/1/1.jpg"]), ["must differ", "'c/1' (a folder)"]),
    "folder, then file": (zip_of(["c/1/1.jpg", "c/1"]), ["must differ", "'c/1' (a file)"]),
    "NUL": (renamed(b"c/1.jpg\0.txt"), ["control character", "\\x00"]),
    "line break": (renamed(b"c/1\n.jpg"), ["control character", "\\n"]),
    "long part": (zip_of(["c/" + 101 * "ö"]), ["202 bytes, 200 are the most"]),
    "device name": (zip_of(["c/nul.tar.jpg"]), ["Windows", "'c/nul.tar.jpg'"]),
    "device folder": (zip_of(["COM1/1.jpg"]), ["Windows", "'COM1/1.jpg'"]),
    "colon": (zip_of(["c/1:2.jpg"]), ["the characters", "'c/1:2.jpg'"]),
    "question mark": (zip_of(["c/1?.jpg"]), ["the characters", "'c/1?.jpg'"]),
    "dot at the end": (zip_of(["c./1.jpg"]), ["a dot or a space", "'c./1.jpg'"]),
    "space at the end": (zip_of(["c/1.jpg "]), ["a dot or a space", "'c/1.jpg '"]),
}


def silent(kind: str, **fields: object) -> None:
    """Hear nothing."""


def tree(folder: Path) -> dict[str, bytes | None]:
    """Give all that lies beneath a folder, with contents."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def files_in(folder: Path) -> list[str]:
    return sorted(name for name, content in tree(folder).items() if content is not None)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Give a folder to unpack to, with neighbours that must stay as they are."""
    (tmp_path / "outside.txt").write_text("before")
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets" / "other.txt").write_text("before")
    return tmp_path / "sets" / "mine"


def unpack(archive: bytes, target: Path, limits: config.ArchiveLimits = LIMITS) -> Unpacked:
    return unpack_photos(io.BytesIO(archive), target, limits, silent)


def extract(archive: bytes, target: Path, limits: config.ArchiveLimits = LIMITS) -> None:
    """Extract from a file that lies elsewhere for as long."""
    path = target.parent.parent / "archive"
    path.write_bytes(archive)
    try:
        extract_all(path, target, limits, silent)
    finally:
        path.unlink()


def check_refusal(do: Callable, archive: bytes, target: Path, words: list[str]) -> None:
    """Check that an archive is refused in these words and that nothing is left."""
    before = tree(target.parent.parent)
    with pytest.raises(InputError) as error:
        do(archive, target)
    assert [word for word in words if word not in str(error.value)] == [], error.value
    assert tree(target.parent.parent) == before


@pytest.mark.parametrize(("archive", "words"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_archive_is_refused_and_leaves_nothing(archive, words, target):
    check_refusal(unpack, archive, target, words)


@pytest.mark.parametrize(
    "name",
    ["upwards", "symlink", "encrypted", "several offenders", "21 files", "bomb", "CRC", "gzip"],
)
def test_the_same_rules_hold_where_all_is_extracted(name, target):
    archive, words = HOSTILE[name]
    check_refusal(extract, archive, target, words[1:])


@pytest.mark.parametrize(("archive", "words"), STRICT.values(), ids=STRICT)
def test_where_all_is_extracted_no_name_is_changed(archive, words, target):
    check_refusal(extract, archive, target, words)


def test_all_names_that_break_a_rule_are_told_at_once(target):
    names = ["c/1:2.jpg", "c/3.jpg ", "nul/1.jpg", "c/1.jpg", "c/1.JPG", "c/4?.jpg"]
    words = ["'c/1:2.jpg'", "'c/3.jpg '", "'nul/1.jpg'", "'c/1.JPG'", "'c/4?.jpg'"]
    check_refusal(extract, zip_of(names), target, words)


REPAIRED = {
    "case": (["c/1.jpg", "c/1.JPG"], ["c/1.jpg", "c/1-2.JPG"]),
    "case, three": (["c/A.jpg", "c/a.jpg", "c/a.JPG"], ["c/A.jpg", "c/a-2.jpg", "c/a-3.JPG"]),
    "case of folders": (["c/1.jpg", "C/2.jpg", "C/1.jpg"], ["c/1.jpg", "c/2.jpg", "c/1-2.jpg"]),
    "sharp s": (["c/ß.jpg", "c/SS.jpg"], ["c/ß.jpg", "c/SS-2.jpg"]),
    "accents": ([NFC, NFD], [NFC, NFD.replace(".jpg", "-2.jpg")]),
    "twice": (["c/1.jpg", "c//./1.jpg"], ["c/1.jpg", "c/1-2.jpg"]),
    "file, then folder": (["c/1", "c/1/1.jpg"], ["c/1", "c/1-2/1.jpg"]),
    "folder, then file": (["c/1/1.jpg", "c/1"], ["c/1/1.jpg", "c/1-2"]),
    "number taken": (["c/1.jpg", "c/1-2.jpg", "c/1.JPG"], ["c/1.jpg", "c/1-2.jpg", "c/1-3.JPG"]),
    "colon": (["c/10:15:00.jpg"], ["c/10_15_00.jpg"]),
    "colons that meet": (["c/a:.jpg", "c/a?.jpg"], ["c/a_.jpg", "c/a_-2.jpg"]),
    "quotes": (['c/wall "A" <2mm.jpg'], ["c/wall _A_ _2mm.jpg"]),
    "star in a folder": (["c*/1.jpg", "c|/2.jpg"], ["c_/1.jpg", "c_/2.jpg"]),
    "blank at the end": (["c /1.jpg", "d/1.jpg "], ["c/1.jpg", "d/1.jpg"]),
    "dots at the end": (["c./1.jpg", "c.../2.jpg", "d/1.jpg."], ["c/1.jpg", "c/2.jpg", "d/1.jpg"]),
    "device": (["c/nul.tar.jpg", "COM1/1.jpg"], ["c/_nul.tar.jpg", "_COM1/1.jpg"]),
    "device, two": (["aux/LPT9", "con .jpg/1.jpg"], ["_aux/_LPT9", "_con .jpg/1.jpg"]),
    "only dots": (["c/ ./1.jpg", "c/ /2.jpg"], ["c/_/1.jpg", "c/_/2.jpg"]),
    "control": (["c/a\nb.jpg", "c/\x1b[2J.jpg"], ["c/a_b.jpg", "c/_[2J.jpg"]),
    "long": (["c/" + 101 * "ö" + ".jpg"], ["c/" + 98 * "ö" + ".jpg"]),
    "long, two": (
        ["c/" + 201 * "x", "c/" + 202 * "x"],
        ["c/" + 200 * "x", "c/" + 200 * "x" + "-2"],
    ),
}


@pytest.mark.parametrize(("names", "unpacked"), REPAIRED.values(), ids=REPAIRED)
def test_a_name_that_some_system_cannot_hold_is_repaired_and_told(names, unpacked, target):
    result = unpack(zip_of([*names, "x/y/z.jpg"], PHOTO), target)
    assert files_in(target) == sorted([*unpacked, "x/y/z.jpg"])
    assert (result.files, result.left_out) == (len(names) + 1, {})
    stored = [re.sub(r"/(\./|/)+", "/", name) for name in names]
    pairs = zip(unpacked, stored, strict=True)
    assert result.renamed == {
        new: old for new, old in pairs if new != old or old in stored[: stored.index(old)]
    }


INSIDE = {
    "a ZIP archive": DEFLATED,
    "a RAR archive": rar_of([("x", b"x")]),
    "a gzip file": gzip.compress(b"x"),
    "a tar archive": in_tar(),
    "a 7z archive": b"7z\xbc\xaf\x27\x1c" + bytes(99),
    "an office document": zip_of(["[Content_Types].xml", "xl/workbook.xml"]),
    "a PDF document": b"%PDF-1.7\n",
    "a video": b"\0\0\0\x18ftypmp42" + bytes(99),
    "a camera's raw file": b"II*\0\x10\0\0\0CR\2\0" + bytes(99),
    "a web page": b"<!doctype html>",
    "a table of text": b"a,b\n1,2\n",
    "a pointer of Git LFS": b"version https://git-lfs.github.com/spec/v1\n",
}


@pytest.mark.parametrize("kind", INSIDE)
def test_what_is_no_photo_is_left_out_and_named(kind, target):
    files = dict.fromkeys(TWO_CLASSES, PHOTO)
    result = unpack(zip_with({**files, "Positive/other.jpg": INSIDE[kind]}), target)
    assert files_in(target) == TWO_CLASSES
    ((name, reason),) = result.left_out.items()
    assert (name, result.files) == ("Positive/other.jpg", 2)
    assert reason.startswith(f"It is {kind}")


CASES = {
    "xlsx.zip": ({}, {"labels.xlsx": "It is an office document. Save its pictures as JPEG."}),
    "gz.zip": ({}, {"flight.log.gz": "It is a gzip file. Unpack it and take the photos in it."}),
    "case.zip": ({"Cracked/IMG_1-2.jpg": "Cracked/IMG_1.jpg"}, {}),
    "trailspace.zip": ({f"Cracked/{i}.jpg": f"Cracked /{i}.jpg" for i in range(3)}, {}),
    "colon.zip": (
        {
            "Cracked/Screenshot 2024-01-05 at 10_15_00.jpg": (
                "Cracked/Screenshot 2024-01-05 at 10:15:00.jpg"
            ),
            "Sound/wall _A_ _2mm.jpg": 'Sound/wall "A" <2mm.jpg',
        },
        {},
    ),
}


@pytest.mark.skipif(
    not (SHARED / "cases").is_dir(), reason="the cases are not beside the project (../shared/cases)"
)
@pytest.mark.parametrize("name", CASES)
def test_the_archives_among_the_cases_are_taken(name, target):
    renamed, left_out = CASES[name]
    result = unpack((SHARED / "cases" / name).read_bytes(), target)
    assert (result.renamed, result.left_out, result.alphabet) == (renamed, left_out, "")
    labelled = list_images(target)
    assert labelled.classes == ("Cracked", "Sound")
    plain = {f"{one}/{i}.jpg" for one in labelled.classes for i in range(3)}
    assert {*labelled.files} >= plain | {*renamed}


def test_a_log_that_shrinks_as_no_photo_does_is_left_out_and_a_photo_is_a_bomb(target):
    log = b"0123456789 all well\n" * 100_000
    result = unpack(zip_with({**dict.fromkeys(TWO_CLASSES, PHOTO), "flight.log": log}), target)
    assert files_in(target) == TWO_CLASSES
    assert "more than 50 times" in result.left_out["flight.log"]


def test_writing_stops_where_more_comes_out_than_was_declared(target, monkeypatch):
    endless = itertools.repeat(NOISE)
    monkeypatch.setattr(zips, "contents", lambda opened, files: ((file, endless) for file in files))
    check_refusal(unpack, DEFLATED, target, ["must be whole", "'Negative/1.jpg'"])


def test_an_error_on_the_way_leaves_nothing(target):
    def full_disk(kind: str, **fields: object) -> None:
        if kind == "progress":
            raise OSError("No space left on device")

    before = tree(target.parent)
    with pytest.raises(OSError, match="No space"):
        unpack_photos(io.BytesIO(DEFLATED), target, LIMITS, full_disk)
    assert tree(target.parent) == before


def test_a_folder_that_is_there_is_not_touched(target):
    target.mkdir()
    check_refusal(unpack, DEFLATED, target, ["is there already", "mine"])


@pytest.mark.parametrize(
    ("names", "unpacked"),
    [
        (TWO_CLASSES, TWO_CLASSES),
        (["./a/1.jpg", "b//2.jpg"], ["a/1.jpg", "b/2.jpg"]),
        (["a\\1.jpg", "b\\c\\2.JPG"], ["a/1.jpg", "b/c/2.JPG"]),
        (["w/a/1.jpg", "w/b/1.jpg"], ["a/1.jpg", "b/1.jpg"]),
        (["v/w/a/1.jpg", "v/w/b/c/1.jpg"], ["a/1.jpg", "b/c/1.jpg"]),
        (["w/1.jpg", "w/a/1.jpg", "w/b/1.jpg"], ["w/1.jpg", "w/a/1.jpg", "w/b/1.jpg"]),
        (["a/1.jpg"], ["a/1.jpg"]),
        (["w/a/1.jpg"], ["a/1.jpg"]),
        (["größe/ä b.jpg", "ひび割れ/写真.jpg"], ["größe/ä b.jpg", "ひび割れ/写真.jpg"]),
        (["a/DSC 1", "b/2.photo"], ["a/DSC 1", "b/2.photo"]),
        (["a/.x.jpg", ".b/1.jpg", "a/1.jpg", "__MACOSX/a/1.jpg"], ["a/1.jpg"]),
        (["a/Thumbs.db", "a/1.jpg", "a/Desktop.ini", "a/Icon\r", ".git/a"], ["a/1.jpg"]),
    ],
    ids=lambda names: " ".join(names),
)
def test_photos_lie_beneath_their_classes_and_junk_is_passed_over(names, unpacked, target):
    assert unpack(zip_of(names, PHOTO), target) == Unpacked(len(unpacked), {})
    assert files_in(target) == sorted(unpacked)
    assert {(target / name).read_bytes() for name in unpacked} == {PHOTO}
    assert sorted(path.name for path in target.parent.iterdir()) == ["mine", "other.txt"]


def test_what_is_unpacked_can_be_trained_on(target):
    unpack(zip_of(["w/", *(f"w/{name}" for name in TWO_CLASSES)], PHOTO), target)
    assert list_images(target).files == tuple(TWO_CLASSES)


@pytest.mark.parametrize("name", ["Positive/1.jpg", "w/Positive/1.jpg", "w/Positive/x/1.jpg"])
def test_one_class_ends_in_the_usual_refusal(name, target):
    unpack(zip_of([name], PHOTO), target)
    with pytest.raises(InputError, match=r"at least two folders.*holds 1"):
        list_images(target)


def test_other_files_are_left_out_with_a_reason_and_leave_no_folder(target):
    photos = {"1.jpg": PHOTO, "w/a/1.jpg": PHOTO, "w/b/2.png": encoded(picture(2), "PNG")}
    others = {"w/docs/readme.txt": b"hello", "w/a/text.jpg": b"hello", "w/a/none.jpg": b""}
    result = unpack(zip_with({**photos, **others}), target)
    assert result.files == 3
    assert result.left_out == {
        **dict.fromkeys(others, "It is a text. Leave it out."),
        "w/a/none.jpg": "It is empty. Copy or download it again.",
    }
    assert files_in(target) == sorted(photos)
    assert sorted(path.name for path in (target / "w").iterdir()) == ["a", "b"]


def test_a_table_beside_photos_is_kept_for_their_classes_and_named_as_no_photo(target):
    photos = dict.fromkeys(["w/a/1.jpg", "w/b/1.jpg"], PHOTO)
    tables = dict.fromkeys(["w/labels.csv", "w/a/list.TXT", "w/x/classes.csv"], b"1.jpg,a")
    result = unpack(zip_with({**photos, **tables, "w/x/readme.txt": b"hello"}), target)
    assert {*result.left_out} == {*tables, "w/x/readme.txt"}
    kept = {*photos, *tables}
    assert files_in(target) == sorted(kept)


def test_a_file_above_the_limit_of_photos_is_left_out(target, monkeypatch):
    monkeypatch.setattr(config, "MAX_PHOTO_BYTES", len(PHOTO))
    result = unpack(zip_with({"a/1.jpg": PHOTO, "b/1.jpg": PHOTO + b"x"}), target)
    assert files_in(target) == ["a/1.jpg"]
    assert list(result.left_out) == ["b/1.jpg"]
    assert f"at most {len(PHOTO):,}" in result.left_out["b/1.jpg"]


def test_a_damaged_photo_is_written_since_decoding_reports_it(target):
    result = unpack(zip_of(TWO_CLASSES, PHOTO[:-300]), target)
    assert result == Unpacked(2, {})


@pytest.mark.parametrize("format_", [*config.PHOTO_FORMATS, "MPO"])
def test_a_photo_without_an_ending_is_listed(format_, target):
    unpack(zip_of(["a/1", "b/1"], encoded(picture(1), format_)), target)
    assert list_images(target).files == ("a/1", "b/1")


def test_names_in_utf_8_that_do_not_say_so_are_read_as_macos_writes_them(target):
    name = "a/größe ひ.jpg"
    result = unpack(zip_of([name.encode()], PHOTO), target)
    assert (files_in(target), result.alphabet) == ([name], "")


@pytest.mark.parametrize(
    ("name", "code", "alphabet"),
    [
        ("a/größe.jpg", "cp437", "Latin (DOS, 437)"),
        ("ひび割れ/壁 1.jpg", "cp932", "Japanese (Shift JIS)"),
        ("裂缝/照片.jpg", "gbk", "Chinese (GBK)"),
        ("균열/사진 1.jpg", "cp949", "Korean (EUC-KR)"),
        ("трещина/стена.jpg", "cp866", "Cyrillic (DOS)"),
    ],
)
def test_names_of_old_programs_are_read_in_their_alphabet_which_is_told(
    name, code, alphabet, target
):
    result = unpack(zip_of([name.encode(code), "a/plain.jpg"], PHOTO), target)
    assert files_in(target) == sorted([name, "a/plain.jpg"])
    assert result.alphabet == alphabet


def with_field(archive: bytes, name: str, raw: bytes, crc_of: bytes) -> bytes:
    """Put the extra field for a name in UTF-8 into the list of a ZIP of one file."""
    text = name.encode()
    extra = struct.pack("<HHBI", 0x7075, 5 + len(text), 1, zlib.crc32(crc_of)) + text
    extra = struct.pack("<HH4s", 0x9999, 4, b"else") + extra

    def entry(stored: bytes, number: int) -> bytes:
        size = struct.pack("<H", len(extra))
        return stored[:30] + size + stored[32:] + extra

    return listing(archive, entry, 1)


def test_the_field_for_names_in_utf_8_counts_where_it_is_of_that_name(target):
    raw = "a/größe.jpg".encode("cp852")
    result = unpack(with_field(zip_of([raw], PHOTO), "a/größe ひ.jpg", raw, raw), target)
    assert (files_in(target), result.alphabet) == (["a/größe ひ.jpg"], "")


def test_a_field_that_is_of_another_name_does_not_count(target):
    raw = "a/größe.jpg".encode("cp437")
    unpack(with_field(zip_of([raw], PHOTO), "b/other.jpg", raw, b"a/renamed.jpg"), target)
    assert files_in(target) == ["a/größe.jpg"]


def test_a_name_in_the_field_may_lead_outside_no_more_than_any_other(target):
    raw = b"a/gr\x94e.jpg"
    archive = with_field(zip_of([raw], PHOTO), "../outside.txt", raw, raw)
    check_refusal(unpack, archive, target, ["must stay inside", "'../outside.txt'"])


def test_an_archive_written_as_a_stream_with_long_sizes_is_read(target):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        for name in TWO_CLASSES:
            with opened.open(name, "w", force_zip64=True) as file:
                file.write(PHOTO)
    assert unpack(buffer.getvalue(), target).files == 2


def test_the_limits_themselves_are_allowed(target):
    names = [f"{'ab'[i % 2]}/{i}.jpg" for i in range(20)]
    limits = config.ArchiveLimits(files=20, size=20 * len(PHOTO), ratio=1)
    assert unpack(zip_of(names, PHOTO, deflated=False), target, limits).files == 20


def test_progress_is_heard(target):
    heard = []
    unpack_photos(
        io.BytesIO(DEFLATED), target, LIMITS, lambda kind, **fields: heard.append((kind, fields))
    )
    assert [kind for kind, _ in heard] == ["phase", "progress"]
    assert heard[0][1].items() >= {"phase": "unpacking", "total": 2}.items()
    assert heard[-1][1].items() >= {"done": 2, "total": 2}.items()


def test_a_path_is_unpacked_like_a_file(target, tmp_path):
    path = tmp_path / "photos.zip"
    path.write_bytes(DEFLATED)
    assert unpack_photos(path, target, LIMITS, silent).files == 2


def test_all_of_a_zip_is_extracted_as_it_is(target):
    files = {"w/a/1.jpg": b"no photo", "w/.hidden": b"x", "readme.txt": b"y"}
    extract(zip_with(files), target)
    assert {name: content for name, content in tree(target).items() if content} == files


def only(tool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one of the programs that read RAR archives be known."""
    if not shutil.which(tool):
        pytest.skip(f"the program {tool} is not installed")
    monkeypatch.setattr(rar, "TOOLS", {tool: rar.TOOLS[tool]})


def printing(monkeypatch: pytest.MonkeyPatch, folder: Path, **codes: str) -> None:
    """Let the only programs here be Python scripts of these names."""
    folder.mkdir()
    for tool, code in codes.items():
        (folder / tool).write_text(
            f"#!{sys.executable}\nimport sys\nout = sys.stdout.buffer\n{code}"
        )
        (folder / tool).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def as_bytes(files: Iterable[tuple[str, bytes | None]]) -> bytes:
    return b"".join(content or b"" for _, content in files)


@pytest.mark.parametrize("tool", [*rar.TOOLS])
@pytest.mark.parametrize("inside", [False, True], ids=["alone", "in a ZIP"])
def test_each_program_gives_the_files_of_a_rar_archive(tool, inside, target, monkeypatch):
    only(tool, monkeypatch)
    files = [entry for entry in IN_RAR if tool != "bsdtar" or entry[1] != b""]
    archive = rar_of(files)
    extract(zip_of(["x/set.rar"], archive) if inside else archive, target)
    assert tree(target) == dict(files)
    assert sorted(path.name for path in target.parent.iterdir()) == ["mine", "other.txt"]


@pytest.mark.parametrize("tool", [*rar.TOOLS])
def test_no_program_makes_a_damaged_rar_archive_pass(tool, target, monkeypatch):
    only(tool, monkeypatch)
    archive = rar_of([("c/1", NOISE), ("c/2", NOISE)])
    damaged = flipped(archive, archive.rindex(NOISE) + 500)
    check_refusal(extract, damaged, target, ["must be whole", "'c/2'"])


@pytest.mark.parametrize(
    ("archive", "words"),
    [
        (rar_of(IN_RAR)[:-60_000], ["must be whole", "list of files"]),
        (flipped(rar_of(IN_RAR), 20), ["must be whole", "list of files"]),
        (rar_of([("c/1", NOISE)], ENCRYPTED), ["without a password", "'c/1'"]),
        (rar_of([("c/1", NOISE)], LINK_TO_OUTSIDE), ["a link or a device", "'c/1'"]),
        (rar_of([("../outside.txt", NOISE)]), ["must stay inside", "'..'"]),
        (rar_of([("..\\outside.txt", NOISE)]), ["must stay inside", "'..'"]),
        (rar_of([("/outside.txt", NOISE)]), ["must stay inside", "absolute"]),
        (rar_of([("c/1", NOISE), ("C/1", NOISE)]), ["must differ", "'C'"]),
        (rar_of([(f"c/{i}", b"x") for i in range(21)]), ["at most 20 files"]),
        (rar_of([("c/1", bytes(4_000_001))]), ["at most 4,000,000 bytes"]),
        (zip_of(["x.rar"], rar_of([("../x", NOISE)])), ["must stay inside"]),
    ],
    ids=[
        *("cut", "list", "encrypted", "link", "upwards", "backslash", "absolute", "case"),
        *("count", "size", "in a ZIP"),
    ],
)
@needs_scripts
def test_a_hostile_rar_archive_is_refused_before_a_program_starts(
    archive, words, target, tmp_path, monkeypatch
):
    printing(monkeypatch, tmp_path / "bin", unrar=f"open({str(tmp_path / 'started')!r}, 'w')")
    check_refusal(extract, archive, target, words)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("out.write(PRINTED[:-1])", ["must be whole", "'c/big'"]),
        ("out.write(PRINTED[:500])", ["must be whole", "'c/größe.jpg'"]),
        ("out.write(PRINTED[::-1])", ["must be whole", "'c/größe.jpg'"]),
        ("out.write(PRINTED + b'x')", ["more came out"]),
        ("while True: out.write(PRINTED)", ["more came out"]),
        ("sys.exit(3)", ["must be whole", "install unrar"]),
    ],
    ids=["one byte short", "half a file", "another order", "one byte more", "endless", "nothing"],
)
@needs_scripts
def test_what_a_program_prints_is_checked(code, words, target, tmp_path, monkeypatch):
    printing(monkeypatch, tmp_path / "bin", unrar=f"PRINTED = {as_bytes(IN_RAR)!r}\n{code}")
    check_refusal(extract, rar_of(IN_RAR), target, words)


@needs_scripts
@pytest.mark.parametrize(
    "first", ["", "sys.exit(2)", "out.write(bytes(1000))"], ids=["nothing", "fails", "other bytes"]
)
def test_where_one_program_fails_the_next_is_tried(first, target, tmp_path, monkeypatch):
    # bsdtar says 1 for each folder of a RAR5 archive, whose files it prints all the same.
    good = f"out.write({as_bytes(IN_RAR)!r})\nout.flush()\nsys.exit(1)"
    printing(monkeypatch, tmp_path / "bin", unrar=first, bsdtar=good)
    assert rar_tools() == ["unrar", "bsdtar"]
    extract(rar_of(IN_RAR), target)
    assert tree(target) == dict(IN_RAR)


def test_without_a_program_the_refusal_names_them(target, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert rar_tools() == []
    words = ["unrar, 7z", "bsdtar", "libarchive-tools", "--source zip"]
    check_refusal(extract, rar_of(IN_RAR), target, words)


def test_every_cut_of_a_small_archive_is_refused(target):
    archive = zip_of(["a/1"])
    for cut in itertools.chain(range(0, len(archive), 7), [len(archive) - 1]):
        check_refusal(unpack, archive[:cut], target, ["must be"])
