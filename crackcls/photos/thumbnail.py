"""A small picture of a photo, shown while it waits to be judged."""

import io

from crackcls import images

# Long side in pixels. A JPEG decoder makes no more of a photo than it takes for this, in 30 ms;
# other formats take as long as a verdict, so that of them only small files are taken.
PIXELS, QUALITY, MOST_BYTES = 320, 75, 500_000
JPEG = b"\xff\xd8"


def of(content: bytes) -> bytes:
    """Make a small upright picture.

    Args:
        content: The whole file of a photo.

    Returns:
        A JPEG, its long side at most `PIXELS`, without metadata; empty where the photo is of
        another format and has more than `MOST_BYTES`.

    Raises:
        InputError: The file is no photo that can be read.
    """
    if not content.startswith(JPEG) and len(content) > MOST_BYTES:
        return b""
    upright = images.read_photo(content, at_least=PIXELS)
    upright.thumbnail((PIXELS, PIXELS))
    buffer = io.BytesIO()
    upright.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()
