"""How large photos are, without decoding them, and how many are judged at a time."""

import io

import pytest
from PIL import Image

from crackcls.photos import desk


def saved(size: tuple[int, int], kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size).save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "megapixels"),
    [
        (saved((2000, 1500), "JPEG"), 3.0),
        (saved((1000, 1000), "PNG"), 1.0),
        (saved((2000, 1000), "WEBP"), 2.0),
        (saved((1000, 1000), "BMP"), 12.0),  # By its 3 MB.
        (b"", 0.0),
        (b"x" * 25_000_000, 80.0),
    ],
)
def test_megapixels_are_known_or_guessed_by_the_bytes(content, megapixels):
    assert desk.megapixels(content) == pytest.approx(megapixels, abs=0.01)


@pytest.mark.parametrize(
    ("cores", "gigabytes", "count"), [(2, 1, 1), (2, 64, 1), (16, 64, 4), (16, 4, 2), (16, 1, 1)]
)
def test_as_many_processes_as_cores_and_memory_allow(monkeypatch, cores, gigabytes, count):
    monkeypatch.setattr(desk.os, "cpu_count", lambda: cores)
    monkeypatch.setattr(desk.memory, "limit", lambda: gigabytes * 10**9)
    assert desk.servers() == count
