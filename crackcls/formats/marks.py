"""The marks by which files of each kind are known: a table, and nothing else."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """What a file is.

    Attributes:
        name: In words with the article, such as `a PDF document`.
        way: What a person can do to get photos out of it: a sentence.
        format: The name that Pillow has for a photo's format; empty for what is no photo.
    """

    name: str
    way: str = ""
    format: str = ""


_UNPACK = "Unpack it and take the photos in it."
_CUT = "Save single pictures of it as JPEG."
_EXPORT = "Export it as JPEG with the program that wrote it."
_PAGES = "Save its pictures as JPEG."
LEAVE = "Leave it out."
RAW = Kind(
    "a camera's raw file", "Export it as JPEG with the camera's program or another for photos."
)
EMPTY = Kind("empty", "Copy or download it again.")
ZEROS = Kind("nothing but zeros, as a copy that broke off leaves it", "Copy or download it again.")
UNFINISHED = Kind("a download that has not ended", "Download it again.")
NO_FILE = Kind("no file but a link or a device", "Put the file itself in its place.")
UNREADABLE = Kind("not readable", "Ask for the right to read it.")
UNKNOWN = Kind(
    "of a format that is not known here",
    "Save it as JPEG, HEIC, PNG, WebP, TIFF, BMP, GIF, AVIF or JPEG 2000.",
)
TEXT = Kind("a text", LEAVE)
OFFICE, PDF = Kind("an office document", _PAGES), Kind("a PDF document", _PAGES)
VIDEO, SOUND = Kind("a video", _CUT), Kind("a sound recording", LEAVE)
ZIP, RAR = Kind("a ZIP archive", _UNPACK), Kind("a RAR archive", _UNPACK)
MODEL = Kind("a file of a trained model", LEAVE)
NUMBERS = Kind("a file of numbers", "Save its pictures as PNG or TIFF.")
PROGRAM = Kind("a program", LEAVE)


def photo(name: str, format_: str) -> Kind:
    """Give the kind of a photo's format."""
    return Kind(name, format=format_)


JPEG, HEIC = photo("a JPEG photo", "JPEG"), photo("a HEIC photo", "HEIF")
TIFF, AVIF = photo("a TIFF photo", "TIFF"), photo("an AVIF photo", "AVIF")
BMP = photo("a BMP picture", "BMP")
JPEG2000, PPM = photo("a JPEG 2000 photo", "JPEG2000"), photo("a PPM picture", "PPM")

# Offset, mark, kind; the first that fits counts.
MARKS: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"\x89PNG\r\n\x1a\n", photo("a PNG picture", "PNG")),
    (0, b"GIF87a", photo("a GIF picture", "GIF")),
    (0, b"GIF89a", photo("a GIF picture", "GIF")),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", JPEG2000),
    (0, b"\xff\x4f\xff\x51", JPEG2000),
    # Raw files of cameras, those that are TIFF by their first bytes only here: see `tiff.is_raw`.
    (8, b"CR\2", RAW),
    (8, b"IIII", RAW),
    *((0, mark, RAW) for mark in (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0")),
    *((0, mark, RAW) for mark in (b"FOVb", b"\0MRM", b"ARRI\x12\x34\x56\x78")),
    (6, b"HEAPCCDR", RAW),
    (25, b"ARECOYK", RAW),
    *((0, mark, TIFF) for mark in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    # Archives and packed files.
    *((0, mark, ZIP) for mark in (b"PK\3\4", b"PK\5\6", b"PK\7\x08")),
    (0, b"Rar!\x1a\x07", RAR),
    (0, b"7z\xbc\xaf\x27\x1c", Kind("a 7z archive", _UNPACK)),
    (0, b"\x1f\x8b", Kind("a gzip file", _UNPACK)),
    (0, b"\xfd7zXZ\0", Kind("an xz file", _UNPACK)),
    (4, b"1AY&SY", Kind("a bzip2 file", _UNPACK)),
    (0, b"\x28\xb5\x2f\xfd", Kind("a Zstandard file", _UNPACK)),
    (0, b"\x04\x22\x4d\x18", Kind("an LZ4 file", _UNPACK)),
    (257, b"ustar", Kind("a tar archive", _UNPACK)),
    (0, b"MSCF\0\0\0\0", Kind("a CAB archive", _UNPACK)),
    # Documents.
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OFFICE),
    (0, b"{\\rtf", OFFICE),
    (0, b"AT&TFORM", Kind("a DjVu document", _PAGES)),
    # Pictures that are no photos of a camera, or that Pillow does not read.
    (0, b"8BPS", Kind("a Photoshop picture (PSD)", _EXPORT)),
    (0, b"gimp xcf", Kind("a GIMP picture (XCF)", _EXPORT)),
    (0, b"%!PS", Kind("a PostScript drawing (EPS, AI)", _EXPORT)),
    (0, b"\xc5\xd0\xd3\xc6", Kind("a PostScript drawing (EPS, AI)", _EXPORT)),
    (0, b"\0\0\1\0", Kind("an icon", LEAVE)),
    (0, b"\xff\x0a", Kind("a JPEG XL picture", _EXPORT)),
    (0, b"\0\0\0\x0cJXL ", Kind("a JPEG XL picture", _EXPORT)),
    (0, b"BPG\xfb", Kind("a BPG picture", _EXPORT)),
    (0, b"v/1\1", Kind("an OpenEXR picture", _EXPORT)),
    (0, b"#?RADIANCE", Kind("a Radiance picture (HDR)", _EXPORT)),
    (0, b"DDS ", Kind("a texture (DDS)", _EXPORT)),
    (0, b"SIMPLE  =", Kind("a FITS picture", _EXPORT)),
    (128, b"DICM", Kind("a DICOM picture", _EXPORT)),
    (0, b"\x06\x06\xed\xf5\xd8\x1d\x46\xe5\xbd\x31\xef\xe7\xfe\x74\xb7\x1d", OFFICE),
    (0, b"AC10", Kind("a CAD drawing (DWG)", _EXPORT)),
    # Tables of numbers and models.
    (0, b"\x93NUMPY", NUMBERS),
    (0, b"\x89HDF\r\n\x1a\n", NUMBERS),
    (0, b"PAR1", NUMBERS),
    (0, b"CDF\1", NUMBERS),
    (0, b"MATLAB 5.0", NUMBERS),
    (0, b"SQLite format 3\0", Kind("a database", LEAVE)),
    (4, b"TFL3", MODEL),
    (0, b"GGUF", MODEL),
    (0, b"LASF", Kind("a point cloud", LEAVE)),
    (0, b"ply\n", Kind("a point cloud", LEAVE)),
    # Film and sound.
    *((0, mark, VIDEO) for mark in (b"\x1aE\xdf\xa3", b"\0\0\1\xba", b"\0\0\1\xb3", b"FLV\1")),
    *((0, mark, VIDEO) for mark in (b"0&\xb2u\x8ef\xcf\x11", b".RMF", b"DVR-MS")),
    *((4, mark, VIDEO) for mark in (b"moov", b"mdat", b"wide", b"RED1", b"RED2")),
    *((0, mark, SOUND) for mark in (b"ID3", b"fLaC", b"#!AMR", b"MThd", b"\xff\xfb")),
    *((0, mark, SOUND) for mark in (b"\xff\xf3", b"\xff\xf1", b"\xff\xf9", b"OggS")),
    (8, b"AIFF", SOUND),
    # What a system writes for itself.
    (0, b"\0\5\x16\7", Kind("what macOS keeps beside a file", "Choose the file itself.")),
    (0, b"\0\0\0\1Bud1", Kind("what macOS keeps of a folder", LEAVE)),
    (0, b"L\0\0\0\1\x14\2\0", Kind("a shortcut of Windows", "Choose the photo it leads to.")),
    (0, b"bplist00", Kind("a list of settings", LEAVE)),
    *((0, mark, PROGRAM) for mark in (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")),
)
# The brands of files that begin with a box `ftyp`.
BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm"), HEIC),
    **dict.fromkeys((b"hevs", b"mif1", b"mif2", b"msf1"), HEIC),
    **dict.fromkeys((b"avif", b"avis"), AVIF),
    b"crx ": RAW,
    b"jxl ": Kind("a JPEG XL picture", _EXPORT),
    b"jp2 ": JPEG2000,
    **dict.fromkeys((b"M4A ", b"M4B ", b"M4P ", b"aax "), SOUND),
}
IN_RIFF = {b"WEBP": photo("a WebP photo", "WEBP"), b"AVI ": VIDEO, b"WAVE": SOUND}
# What the first file in a ZIP tells: its name, a line end, and how its content begins.
IN_ZIP = (
    (
        re.compile(
            rb"(\[Content_Types\]\.xml|_rels/(\.rels)?|docProps/(\w+\.xml)?"
            rb"|(word|xl|ppt)/([\w/]+\.(xml|rels))?|index\.(xml|apxl)|QuickLook/(\w+\.(jpg|pdf))?"
            rb"|Index/(\w+\.iwa)?)\n|mimetype\napplication/(vnd\.oasis|epub)"
        ),
        OFFICE,
    ),
    (
        re.compile(rb"mimetype\n(image/openraster|application/x-krita)"),
        Kind("a picture of a painting program", _EXPORT),
    ),
    (re.compile(rb"([^/\n]+/(data\.pkl|version|byteorder)|metadata\.json|config\.json)\n"), MODEL),
    (re.compile(rb"[^/\n]+\.npy\n"), NUMBERS),
    (re.compile(rb"doc\.kml\n"), Kind("a map (KMZ)", _UNPACK)),
)
WEB_PAGE = Kind(
    "a web page, as a login or an error gives it in place of a download",
    "Download the photo itself again.",
)
TEXTS = (
    (
        re.compile(r"version https://git-lfs\.github\.com/spec"),
        Kind("a pointer of Git LFS, not the file itself", "Fetch the files by `git lfs pull`."),
    ),
    (
        re.compile(r"^\s*(<!--.*?-->\s*)?<(!doctype html|html|head|body|meta)\b", re.I | re.S),
        WEB_PAGE,
    ),
    (re.compile(r"^\s*<\?xml\b[^>]*\?>\s*(<!DOCTYPE html|<html)", re.I), WEB_PAGE),
    (re.compile(r"<svg[\s>]|<!DOCTYPE svg"), Kind("a drawing (SVG)", _EXPORT)),
    (re.compile(r"^\s*<[?!a-zA-Z]"), Kind("an XML file", LEAVE)),
    (re.compile(r'^\s*[\[{]\s*["\[{\d\]}-]'), Kind("a JSON file", LEAVE)),
    (re.compile(r"^\[InternetShortcut\]"), Kind("a link to a web page", "Save the photo there.")),
    (re.compile(r"^(solid |# Blender|mtllib |v -?\d)"), Kind("a 3-D model", LEAVE)),
)
TABLE = Kind("a table of text (CSV)", LEAVE)
SEPARATORS = ",;\t"
PPM_START = re.compile(rb"P([1-6]\s+(#|\d)|[fF]\s+-?\d)|Py\s")
PICKLE = re.compile(rb"\x80[\x02-\x05][\x95c}\](]")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
