"""A JPEG without what a camera writes beside the pixels; the pixels stay byte for byte."""

from PIL import ExifTags, Image

# Segments that hold EXIF, XMP, IPTC and comments; colour profiles (APP2) and JFIF stay.
BEGIN, SCAN, COMMENT = 0xD8, 0xDA, 0xFE
DROPPED = {0xE1, *range(0xE3, 0xEE), 0xEF, COMMENT}


def bare(content: bytes, orientation: int | None) -> bytes:
    """Leave out place, time, camera, previews and comments.

    Args:
        content: The whole file.
        orientation: As EXIF has it; it is kept, so that the photo stays upright.

    Returns:
        The file; as it was where it is no JPEG, or one that is damaged before its pixels.
    """
    parts, at = [content[:2]], 2
    if orientation and orientation in range(2, 9):
        parts.append(_turned(orientation))
    while content[at : at + 1] == b"\xff" and at + 4 <= len(content):
        kind, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if kind == SCAN:
            return b"".join([*parts, content[at:]])
        if kind not in DROPPED:
            parts.append(content[at : at + 2 + length])
        at += 2 + length
    return content


def _turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    written = exif.tobytes()
    return b"\xff\xe1" + (len(written) + 2).to_bytes(2) + written
