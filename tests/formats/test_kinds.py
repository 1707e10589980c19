"""What a file is by its first bytes: photos, and what people take for photos."""

import gzip
import io
import json
import struct
import zipfile
from pathlib import PurePosixPath

import numpy as np
import pytest

from crackcls import config, images
from crackcls.formats.kinds import HEAD_BYTES, has_litter, is_litter, is_unfinished, kind_of
from tests.conftest import encoded, picture


def zipped(**files: str | bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def named(first: str, content: bytes = b"x") -> bytes:
    return zipped(**{first: content, "z": b"y"})


def box(brand: bytes, *others: bytes) -> bytes:
    brands = brand + bytes(4) + b"".join(others)
    return struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands + bytes(500)


def tensors() -> bytes:
    about = json.dumps({"w": {"dtype": "F32"}}).encode()
    return struct.pack("<Q", len(about)) + about + bytes(64)


def packets(size: int, at: int) -> bytes:
    return (bytes(at) + b"\x47" + b"\1" * (size - at - 1)) * 9


def saved(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, array)
    return buffer.getvalue()


@pytest.mark.parametrize("format_", [*config.PHOTO_FORMATS, "MPO"])
def test_a_photo_is_known_by_its_bytes(format_):
    content = encoded(picture(1), format_)
    assert kind_of(content[:HEAD_BYTES]).format == {"MPO": "JPEG"}.get(format_, format_)
    assert images.read_photo(content).size == (64, 64)


@pytest.mark.parametrize(
    ("head", "format_"),
    [
        (box(b"heic"), "HEIF"),
        (box(b"heix", b"mif1", b"heic"), "HEIF"),
        (box(b"mif1", b"heic"), "HEIF"),
        (box(b"msf1", b"hevc"), "HEIF"),
        (box(b"mif1", b"avif", b"miaf"), "AVIF"),
        (box(b"avis", b"msf1"), "AVIF"),
        (b"II+\0\x08\0\0\0" + bytes(99), "TIFF"),
        (b"MM\0+\0\x08\0\0" + bytes(99), "TIFF"),
        (b"P2 # words\n3 3 9\n", "PPM"),
        (b"Pf\n3 3\n-1.0\n" + bytes(36), "PPM"),
        (b"\xff\x4f\xff\x51" + bytes(99), "JPEG2000"),
    ],
)
def test_the_rarer_forms_of_a_photo_are_known(head, format_):
    assert kind_of(head).format == format_


KINDS = {
    "a ZIP archive": [
        named("a.jpg"),
        named("ppt/1.jpg"),
        named("Index/1.jpg"),
        named("a/version1.jpg"),
        zipped(),
        zipped(b__c="x"),
    ],
    "a RAR archive": [b"Rar!\x1a\x07\0" + bytes(9), b"Rar!\x1a\x07\1\0"],
    "a 7z archive": [b"7z\xbc\xaf\x27\x1c" + bytes(99)],
    "a gzip file": [gzip.compress(b"log"), b"\x1f\x8b\x08"],
    "a tar archive": [b"name".ljust(257, b"\0") + b"ustar\x0000" + bytes(500)],
    "an office document": [
        named("[Content_Types].xml"),
        named("_rels/.rels"),
        named("docProps/app.xml"),
        named("xl/worksheets/sheet1.xml"),
        named("mimetype", b"application/vnd.oasis.opendocument.text"),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99),
        rb"{\rtf1\ansi hello}",
    ],
    "a PDF document": [b"%PDF-1.7\n", b"\n\n%PDF-1.4\n"],
    "a video": [
        *(box(brand) for brand in (b"isom", b"mp42", b"qt  ", b"3gp5", b"M4V ", b"XAVC")),
        b"\x1aE\xdf\xa3" + bytes(99),
        b"RIFF\0\0\0\0AVI LIST",
        packets(188, 0),
        packets(192, 4),
    ],
    "a sound recording": [b"ID3\4" + bytes(99), b"RIFF\0\0\0\0WAVEfmt ", box(b"M4A "), b"fLaC\0"],
    "a camera's raw file": [
        b"II*\0\x10\0\0\0CR\2\0" + bytes(99),
        box(b"crx ", b"isom"),
        b"FUJIFILMCCD-RAW 0201",
        *(mark + bytes(99) for mark in (b"IIRO\x08", b"IIRS", b"MMOR", b"IIU\0\x18", b"FOVb")),
        b"II\x1a\0\0\0HEAPCCDR" + bytes(9),
        b"\0MRM" + bytes(99),
        b"II*\0\x08\0\0\0IIIIwaR" + bytes(99),
    ],
    "a web page": [
        b"<!DOCTYPE html><html><svg></svg>",
        b"\xef\xbb\xbf<HTML>",
        b"<!-- sign in -->\n<html lang='de'>",
        b"<?xml version='1.0'?><html>",
        "<html>größe".encode("utf-16"),
    ],
    "a drawing (SVG)": [b"<svg xmlns='x'>", b"<?xml version='1.0'?>\n<!-- a -->\n<svg>"],
    "an XML file": [b"<?xml version='1.0'?><gpx>", b"<annotation>\n"],
    "a JSON file": [b'{"images": []}', b'[\n  {"a": 1}]', b"[1, 2]"],
    "a table of text (CSV)": [b"file,label\na.jpg,1\nb.jpg,0\n", b"a;b\n1;2\n3;4", b"a\tb\n1\t2\n"],
    "a text": [b"hello", "Größe\n".encode(), "Größe".encode("latin-1"), b"MMost of this", b"BMW"],
    "a pointer of Git LFS": [b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n"],
    "empty": [b""],
    "nothing but zeros": [bytes(1), bytes(HEAD_BYTES)],
    "a Photoshop picture (PSD)": [b"8BPS\0\1" + bytes(99)],
    "a GIMP picture (XCF)": [b"gimp xcf v011\0"],
    "a PostScript drawing (EPS, AI)": [b"%!PS-Adobe-3.0", b"\xc5\xd0\xd3\xc6" + bytes(28)],
    "a JPEG XL picture": [b"\xff\x0a" + bytes(9), b"\0\0\0\x0cJXL \r\n\x87\n"],
    "a DICOM picture": [bytes(128) + b"DICM" + bytes(99)],
    "a file of numbers": [b"\x89HDF\r\n\x1a\n" + bytes(99), b"\x93NUMPY\1\0", saved(np.ones(3))],
    "a file of a trained model": [
        b"\x1c\0\0\0TFL3" + bytes(99),
        tensors(),
        b"\x80\4\x95" + bytes(99),
        named("archive/data.pkl"),
        named("metadata.json", b'{"keras_version": "3"}'),
    ],
    "a program": [b"MZ\x90\0" + bytes(99), b"\x7fELF" + bytes(99)],
    "a link to a web page": [b"[InternetShortcut]\r\nURL=https://example.org"],
    "what macOS keeps beside a file": [b"\0\5\x16\7\0\2\0\0Mac OS X"],
    "of a format that is not known": [b"\xff", b"\x91\x02\xfe\xc3" * 50, b"\0\1\2\3"],
}
CASES = {f"{words} {i}": (h, words) for words, heads in KINDS.items() for i, h in enumerate(heads)}


@pytest.mark.parametrize(("head", "words"), CASES.values(), ids=CASES)
def test_what_is_no_photo_is_named_with_the_way_on(head, words):
    kind = kind_of(head)
    assert kind.name.startswith(words)
    assert kind.format == ""
    assert kind.way.endswith(".") and kind.way.count(". ") == 0


def test_a_text_that_is_cut_in_a_letter_stays_a_text():
    long = ("ä" * HEAD_BYTES).encode()
    assert {kind_of(long[:end]).name for end in (4095, 4096)} == {"a text"}


@pytest.mark.parametrize(
    "path",
    [
        *("._IMG_1.jpg", "a/._1.jpg", "@eaDir/1.jpg/SYNOFILE_THUMB_M.jpg", "a/b/@eaDir/1.jpg"),
        *(".Trashes/1.jpg", "$RECYCLE.BIN/1.jpg", "$Recycle.Bin/S-1-5/$R1.jpg", "a/Thumbs.db"),
        *("desktop.ini", "Desktop.ini", "__MACOSX/a/._1.jpg", ".DS_Store", "#recycle/1.jpg"),
        *("lost+found/1.jpg", "System Volume Information/x", ".git/1.jpg", ".hidden.jpg"),
        *("a/.thumbnails/1.jpg", "ehthumbs.db", "~$report.docx", "Icon\r", "RECYCLER/1.jpg"),
    ],
)
def test_what_a_system_makes_is_litter_in_any_depth(path):
    assert has_litter(PurePosixPath(path))
    assert any(map(is_litter, path.split("/")))


@pytest.mark.parametrize(
    "path", ["recycle/1.jpg", "a.b/c.d.jpg", "MACOSX/1.jpg", "_a/~1.jpg", "@a"]
)
def test_what_a_person_makes_is_none(path):
    assert not has_litter(PurePosixPath(path))


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("a.jpg.crdownload", True),
        ("Unconfirmed 7.CRDOWNLOAD", True),
        ("a.jpg.part", True),
        ("a.partial", True),
        ("a.jpg", False),
        ("part.jpg", False),
    ],
)
def test_an_unfinished_download_is_known_by_its_name(name, is_one):
    assert is_unfinished(name) == is_one
