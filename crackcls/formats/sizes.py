"""How large a photo says that it is, for a format whose library decodes before it tells."""


def of_webp(content: bytes) -> tuple[int, int] | None:
    """Read width and height of a WebP file from its first chunk.

    Args:
        content: At least its first 30 bytes.

    Returns:
        In pixels; None where this is no WebP file.
    """
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < 30:
        return None
    kind, body = content[12:16], content[20:30]
    if kind == b"VP8X":  # With animation, transparency or metadata.
        return 1 + _number(body[4:7]), 1 + _number(body[7:10])
    if kind == b"VP8L":  # Lossless.
        bits = _number(body[1:5])
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        return _number(body[6:8]) & 0x3FFF, _number(body[8:10]) & 0x3FFF
    return None


def _number(part: bytes) -> int:
    return int.from_bytes(part, "little")
