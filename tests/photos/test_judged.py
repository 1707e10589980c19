"""A visitor's photos: judged in memory, shown, listed."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from crackcls import config
from crackcls.datasets.synthetic import pictures
from crackcls.errors import InputError
from crackcls.names import shown
from crackcls.network import calibration
from crackcls.network.classifier import load_model
from crackcls.photos import judged as judged_photos
from crackcls.photos import outline
from crackcls.photos.table import table_of
from crackcls.photos.verdict import Analysis, Verdict, decide
from crackcls.tables import csv_of
from tests.conftest import encoded, picture

SHIPPED = config.PROJECT / "models" / "metu"
CLASSES = ("Negative", "Positive")
GREY = 128


def made_up(
    votes: list[float],
    places: list[tuple[int, int, int]] | None = None,
    size: tuple[int, int] = (400, 100),
    familiar: float = 1.0,
    needed: int = 2,
    classes: tuple[str, ...] = CLASSES,
    name: str = "wall.jpg",
) -> judged_photos.Judged:
    """Give a grey photo of tiles side by side with these votes, all of one scale."""
    places = places or [(100 * i, 0, 100) for i in range(len(votes))]
    shares = np.array(votes, np.float32) / familiar
    probabilities = np.zeros((len(votes), len(classes)), np.float32)
    probabilities[:, 0], probabilities[:, 1] = 1 - shares, shares
    heat = np.zeros((32, 128), np.float32)
    heat[:, 96:] = 1
    analysis = Analysis(
        size=size,
        classes=classes,
        places=np.array([(left, top, side, side) for left, top, side in places]),
        scale=np.zeros(len(votes), int),
        needed=(min(needed, len(votes)),),
        probabilities=probabilities,
        familiarity=np.full(len(votes), familiar, np.float32),
        heat=heat,
        label=1,
    )
    return judged_photos.Judged(name, encoded(Image.new("RGB", size, (GREY,) * 3)), analysis)


@pytest.fixture(scope="module")
def model():
    return load_model(SHIPPED), calibration.load(SHIPPED)


def decided(judged: judged_photos.Judged, threshold: float = 0.5) -> Verdict:
    return decide(judged.analysis, threshold)


@pytest.mark.parametrize("is_cracked", [True, False])
def test_the_shipped_model_judges_a_made_picture(model, is_cracked: bool):
    judged = judged_photos.judge_photo("a.jpg", encoded(picture(3, 227, is_cracked)), *model)
    assert judged.name == "a.jpg"
    assert judged_photos.picture(judged).size == judged.analysis.size == (227, 227)
    assert len(judged_photos.strongest_tiles(judged)) == 1
    assert judged_photos.annotated(judged, decided(judged), 0.5).width == 640


@pytest.mark.parametrize(
    ("number", "label", "kind"), [(4, "Positive", "found"), (3, "Negative", "not found")]
)
def test_the_shipped_model_tells_a_synthetic_crack(model, number: int, label: str, kind: str):
    judged = judged_photos.judge_photo("a.jpg", pictures.picture(0, number, label), *model)
    assert decided(judged).kind == kind
    assert decided(judged).is_probability


def test_a_preview_is_upright_small_and_bare(model):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "SECRET"
    wide = encoded(picture(1).resize((2100, 300)), "JPEG", exif=exif, comment=b"SECRET")
    judged = judged_photos.judge_photo("a.jpg", wide, *model)
    assert judged.analysis.size == (300, 2100)
    assert judged_photos.picture(judged).size == (146, 1024)
    assert judged_photos.picture(judged).info == {}
    assert b"SECRET" not in judged.preview
    assert b"Exif" not in judged.preview


@pytest.mark.parametrize("noise", [0, 60, 255])
def test_fifty_previews_are_below_25_megabytes(noise: int):
    rng = np.random.default_rng(0)
    pixels = GREY + rng.integers(-noise // 2, noise // 2 + 1, (1400, 1400, 3))
    content = judged_photos._preview(Image.fromarray(pixels.clip(0, 255).astype(np.uint8)))
    assert Image.open(io.BytesIO(content)).size == (1024, 1024)
    assert len(content) * config.MAX_PHOTOS_AT_ONCE <= 25_000_000


def test_what_is_no_photo_is_refused(model):
    with pytest.raises(InputError, match="must be a photo"):
        judged_photos.judge_photo("a.jpg", b"this is no photo", *model)


def test_a_name_that_is_no_text_is_shown_all_the_same(model):
    judged = judged_photos.judge_photo("a\udcff.jpg", encoded(picture(1)), *model)
    assert shown(judged.name) == "a<0xFF>.jpg"
    table = table_of([judged], 0.5)
    assert csv_of(table).splitlines()[1].startswith(b"a<0xFF>.jpg,")
    assert [table[name].dtype.kind for name in table.columns[2:6]] == ["f", "f", "i", "i"]


def test_colour_lies_where_the_heat_is():
    seen = np.asarray(judged_photos.heat_picture(made_up([0.1] * 4), 0.5)).astype(int)
    brighter = seen[..., 0] - GREY
    assert seen.shape == (100, 400, 3)
    assert (brighter[:, 310:] > 60).all()
    assert (brighter[:, :290] < 3).all()


def test_without_opacity_there_is_no_colour():
    judged = made_up([0.9] * 4)
    assert (
        judged_photos.heat_picture(judged, 0).tobytes() == judged_photos.picture(judged).tobytes()
    )


@pytest.mark.parametrize(
    ("threshold", "is_outlined"),
    [(0.5, [True, False, True, False]), (0.85, [False, False, True, False]), (0.95, [False] * 4)],
)
def test_tiles_that_voted_are_outlined(threshold: float, is_outlined: list[bool]):
    places = [(200 * i + 50, 20, 60) for i in range(4)]
    judged = made_up([0.8, 0.4, 0.9, 0.1], places, size=(800, 100))
    seen = judged_photos.outlined(judged, decided(judged, threshold), 0, 800)
    edges = [seen.getpixel((200 * i + 52, 50)) == outline.LIGHT for i in range(4)]
    assert edges == is_outlined
    assert seen.getpixel((80, 50)) == (GREY,) * 3


def test_a_caption_lies_below_the_picture():
    judged = made_up([0.9, 0.9, 0.1, 0.1])
    plain, seen = judged_photos.outlined(judged, decided(judged), 0.5), judged_photos.annotated
    whole = seen(judged, decided(judged), 0.5)
    assert plain.size == (640, 160)
    assert whole.crop((0, 0, 640, 160)).tobytes() == plain.tobytes()
    caption = np.asarray(whole)[160:]
    assert caption.max() == 255
    assert caption.min() < 40
    assert whole.info == {}
    assert whole.tobytes() != seen(judged, decided(judged, 0.95), 0.5).tobytes()


def test_a_class_the_font_cannot_write_has_a_number():
    verdict = decided(made_up([0.9] * 4))
    judged = made_up([0.9] * 4, classes=("猫", "犬"))
    numbered = judged_photos.annotated(
        made_up([0.9] * 4), replace(verdict, words="class 2 of 2"), 0.5
    )
    assert judged_photos.annotated(judged, decided(judged), 0.5).tobytes() == numbered.tobytes()
    assert decided(made_up([0.9] * 4, classes=("健全", "ひび割れ"))).words == "cracked"


def test_a_class_of_many_letters_is_cut():
    verdicts = [replace(decided(made_up([0.9] * 4)), words="W" * n) for n in (1, 60, 600)]
    short, long, longer = (judged_photos.annotated(made_up([0.9] * 4), v, 0.5) for v in verdicts)
    assert long.tobytes() == longer.tobytes() != short.tobytes()
    assert np.asarray(long)[160:, 630:].min() == 255


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1, 1), (3000, 2), (90, 700), (1500, 600)])
def test_photos_of_any_shape_are_drawn(model, size: tuple[int, int]):
    judged = judged_photos.judge_photo("a.png", encoded(picture(1).resize(size), "PNG"), *model)
    verdict = replace(decided(judged), found_tiles=len(judged.analysis.votes))
    assert judged_photos.annotated(judged, verdict, 0.5).width >= 640
    for tile, vote, familiar in judged_photos.strongest_tiles(judged):
        assert tile.width >= 96
        assert 0 <= vote <= 1
        assert 0 <= familiar <= 1


def test_the_strongest_tiles_come_first_and_each_place_once():
    places = [(0, 0, 100), (40, 0, 100), (150, 0, 100), (160, 10, 20), (300, 0, 100), (250, 0, 100)]
    votes = [0.2, 0.4, 0.5, 0.45, 0.1, 0.3]
    found = judged_photos.strongest_tiles(made_up(votes, places, familiar=0.5))
    # The tile of 0.2 shares 60 % with that of 0.4, the small one lies in that of 0.5.
    # The tile of 0.1 shares 50 % with that of 0.3, which is not more than half.
    assert [round(vote, 4) for _, vote, _ in found] == [0.5, 0.4, 0.3, 0.1]
    assert [familiar for *_, familiar in found] == [0.5] * 4
    assert [tile.size for tile, *_ in found] == [(100, 100)] * 4


def test_small_tiles_are_enlarged_and_so_many_are_given():
    judged = made_up([0.1 * i for i in range(10)], [(40 * i, 0, 40) for i in range(10)])
    assert len(judged_photos.strongest_tiles(judged)) == 8
    found = judged_photos.strongest_tiles(judged, 2)
    assert [round(vote, 4) for _, vote, _ in found] == [0.9, 0.8]
    assert [tile.size for tile, *_ in found] == [(96, 96)] * 2
    assert judged_photos.strongest_tiles(judged, 0) == []


def test_tiles_are_cut_from_the_preview():
    large = made_up([0.9, 0.1], [(0, 0, 1000), (1000, 0, 1000)], size=(4000, 1000))
    pixels = np.zeros((256, 1024, 3), np.uint8)
    pixels[:, :256] = 200
    judged = replace(large, preview=encoded(Image.fromarray(pixels), "PNG"))
    first, second = (np.asarray(tile) for tile, *_ in judged_photos.strongest_tiles(judged))
    assert first.shape == second.shape == (256, 256, 3)
    assert (first.min(), second.max()) == (200, 0)


def test_photos_that_need_an_eye_come_first():
    kinds = ["not found", "found", "doubtful", "unfamiliar", "doubtful", "found", "not found"]
    chances = [0.3, 0.7, 0.2, 0.9, 0.4, 0.99, 0.01]
    verdicts = [
        Verdict(kind, kind, chance, 1.0, 4, 1, False)
        for kind, chance in zip(kinds, chances, strict=True)
    ]
    assert judged_photos.doubtful_first(verdicts) == [4, 2, 3, 5, 1, 0, 6]
    assert judged_photos.doubtful_first([]) == []
