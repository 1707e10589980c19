"""The signature of a LiteRT file, read from its bytes."""

import random

import pytest

from crackcls import config
from crackcls.network import signature

CONTENT = (config.PROJECT / "models" / "metu" / "model.tflite").read_bytes()


def test_what_the_shipped_model_takes_and_gives():
    found = signature.read(CONTENT)
    assert found.inputs == {"image": (-1, 160, 160, 3)}
    assert found.outputs == {
        "probabilities": (-1, 2),
        "features": (-1, 1280),
        "activation_map": (-1, 5, 5, 2),
    }
    assert found.is_plain


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no LiteRT file"),
        (b"PK\x03\x04" + bytes(100), "no LiteRT file"),
        (b"\xff\xff\xff\xffTFL3", "point to nowhere"),
        (b"\x08\0\0\0TFL3\xff\xff\xff\x7f", "point to nowhere"),
        (CONTENT[:50_000], "point to nowhere"),
        (b"\x00\x00\x00\x00TFL3" + bytes(100), "another version"),
    ],
)
def test_what_is_none_is_told(content, why):
    with pytest.raises(ValueError, match=why):
        signature.read(content)


def test_random_damage_of_its_tables_never_raises_anything_else():
    draw = random.Random(0)
    tables = len(CONTENT) - 60_000  # They stand at the end, behind the numbers.
    for _ in range(300):
        damaged = bytearray(CONTENT)
        for _ in range(20):
            damaged[draw.randrange(tables, len(damaged))] = draw.randrange(256)
        damaged[:4] = draw.choice([CONTENT[:4], draw.randbytes(4)])
        try:
            signature.read(bytes(damaged))
        except ValueError:
            continue
