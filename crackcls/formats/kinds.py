"""What a file is by its first bytes, and which names a system makes by itself."""

from pathlib import PurePath

from crackcls.formats import marks
from crackcls.formats.marks import Kind

# So many first bytes tell: DICOM's mark stands at 128, tar's at 257, and a drawing or a web page
# may begin with a long comment.
HEAD_BYTES = 4096
# A video in packets of 188 bytes, or of 192 as cameras write it, begins each by the same byte.
PACKETS = (188, 0), (192, 4)
# The sizes that the second header of a BMP may have; "BM" alone begins many a text.
BMP_HEADERS = (12, 16, 40, 52, 56, 64, 108, 124)
NAME_IN_ZIP = 30

# The name of each folder or file that no person made, in small letters.
LITTER = {
    *("thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "icon\r", "zbthumbnail.info"),
    *("__macosx", "temporary items", "network trash folder", "@eadir", "@__thumb", "@recycle"),
    *("@recently-snapshot", "#recycle", "#snapshot", "$recycle.bin", "$recycle", "recycler"),
    *("recycled", "system volume information", "lost+found", "lost.dir", "found.000"),
}
# How programs call a download that goes on or has broken off.
UNFINISHED = (
    *(".crdownload", ".part", ".partial", ".download", ".opdownload", ".filepart", ".!ut"),
    *(".!qb", ".aria2"),
)


def kind_of(head: bytes) -> Kind:
    """Tell what a file is.

    Args:
        head: Its first `HEAD_BYTES` bytes, or all where there are fewer. More may be given.
    """
    head = head[:HEAD_BYTES]
    if not head.strip(b"\0"):
        return marks.ZEROS if head else marks.EMPTY
    found = next((kind for at, mark, kind in marks.MARKS if head.startswith(mark, at)), None)
    if found is marks.ZIP:
        name_and_content = _first_in_zip(head)
        signs = (kind for sign, kind in marks.IN_ZIP if sign.match(name_and_content))
        return next(signs, found)
    return found or _by_structure(head) or _as_text(head) or marks.UNKNOWN


def is_litter(name: str) -> bool:
    """Tell whether a file or folder of this name is hidden or made by a system for itself."""
    return name.startswith((".", "~$")) or name.lower() in LITTER


def has_litter(path: PurePath) -> bool:
    """Tell whether any part of a relative path is hidden or made by a system for itself."""
    return any(map(is_litter, path.parts))


def is_unfinished(name: str) -> bool:
    """Tell whether a file has the name of a download that has not ended."""
    return name.lower().endswith(UNFINISHED)


def _first_in_zip(head: bytes) -> bytes:
    """Give the name of the first file in a ZIP, a line end, and how its content begins."""
    name, extra = (int.from_bytes(head[at : at + 2], "little") for at in (26, 28))
    end = NAME_IN_ZIP + name
    return head[NAME_IN_ZIP:end] + b"\n" + head[end + extra : end + extra + 99]


def _by_structure(head: bytes) -> Kind | None:
    """Tell a kind whose mark is more than some bytes at one place."""
    if head[4:8] == b"ftyp":
        return _of_brand(head)
    if head[:4] in (b"RIFF", b"RIFX"):
        return marks.IN_RIFF.get(head[8:12])
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in BMP_HEADERS:
        return marks.BMP
    if marks.PPM_START.match(head):
        return marks.PPM
    if b"%PDF-" in head[:1024]:
        return marks.PDF
    if any(head[at::size][:3] == b"GGG" for size, at in PACKETS):
        return marks.VIDEO
    length = int.from_bytes(head[:8], "little")
    is_tensors = head[8:10] == b'{"' and 0 < length < 10**8
    return marks.MODEL if is_tensors or marks.PICKLE.match(head) else None


def _of_brand(head: bytes) -> Kind:
    size = min(max(int.from_bytes(head[:4]), 16), 512)
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size, 4))]
    kinds = [marks.BRANDS[brand] for brand in brands if brand in marks.BRANDS]
    return marks.AVIF if marks.AVIF in kinds else next(iter(kinds), marks.VIDEO)


def _as_text(head: bytes) -> Kind | None:
    """Tell a text by its alphabet, and what sort of text it is."""
    text = _decoded(head.removeprefix(b"\xef\xbb\xbf"))
    if text is None or marks.CONTROL.search(text):
        return None
    return next((kind for sign, kind in marks.TEXTS if sign.search(text)), None) or _of_lines(text)


def _decoded(head: bytes) -> str | None:
    """Read bytes as text where they can be: UTF-8, UTF-16 by its mark, or an old alphabet."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head[: len(head) // 2 * 2].decode("utf-16", "ignore")
    try:
        return head.decode()
    except UnicodeDecodeError as error:
        if 0 < len(head) - 3 <= error.start:  # The last letter is cut.
            return head[: error.start].decode()
    strange = sum(byte > 0x7F for byte in head)
    return head.decode("latin-1") if strange < len(head) / 3 else None


def _of_lines(text: str) -> Kind:
    lines = text.splitlines()[:9]
    lines = lines[:-1] if len(lines) > 2 else lines  # The last one may be cut.
    counts = [{line.count(sign) for line in lines} for sign in marks.SEPARATORS]
    is_table = len(lines) > 1 and any(len(each) == 1 and min(each) > 0 for each in counts)
    return marks.TABLE if is_table else marks.TEXT
