"""How large photos are, without decoding them, and how many are judged at a time."""

import io
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from crackcls.photos import desk


def saved(size: tuple[int, int], kind: str, mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind)
    return buffer.getvalue()


def webp_that_says(width: int, height: int) -> bytes:
    sides = b"".join((side - 1).to_bytes(3, "little") for side in (width, height))
    return b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00" + sides


@pytest.mark.parametrize(
    ("content", "megapixels"),
    [
        (saved((2000, 1500), "JPEG"), 3.0),
        (saved((1000, 1000), "PNG"), 1.0),
        (webp_that_says(9000, 8000), 72.0),
        (saved((2000, 1000), "WEBP"), 2.0),
        (saved((1000, 1000), "BMP"), 12.0),  # By its 3 MB.
        (saved((10, 10), "BMP") + bytes(25_000_000), 80.0),
        # No photos, and photos that are refused by what their headers say.
        (b"", 0.0),
        (b"x" * 25_000_000, 0.0),
        (saved((9000, 9000), "PNG", "1"), 0.0),
        (saved((20_000, 10_000), "PNG", "1"), 0.0),
        (webp_that_says(9000, 9000), 0.0),
    ],
)
def test_megapixels_are_known_or_guessed_by_the_bytes(content, megapixels):
    assert desk.megapixels(content) == pytest.approx(megapixels, abs=0.01)


def test_those_who_come_first_at_once_share_one_desk(monkeypatch):
    made: list[object] = []

    class Slow:
        def __init__(self) -> None:
            time.sleep(0.05)
            made.append(self)

    monkeypatch.setattr(desk, "Desk", Slow)
    desk._the_desk.cache_clear()
    try:
        with ThreadPoolExecutor(8) as pool:
            given = [*pool.map(lambda _: desk.open_desk(), range(8))]
    finally:
        desk._the_desk.cache_clear()
    assert given == made * 8


@pytest.mark.parametrize(
    ("cores", "gigabytes", "count"), [(2, 1, 1), (2, 64, 1), (16, 64, 4), (16, 4, 2), (16, 1, 1)]
)
def test_as_many_processes_as_cores_and_memory_allow(monkeypatch, cores, gigabytes, count):
    monkeypatch.setattr(desk.os, "cpu_count", lambda: cores)
    monkeypatch.setattr(desk.memory, "limit", lambda: gigabytes * 10**9)
    assert desk.servers() == count
