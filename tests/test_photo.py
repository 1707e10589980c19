"""The verdict on one photo, with a model that goes by brightness."""

import numpy as np
import pytest
from PIL import Image

from crackcls import photo
from crackcls.classifier import Classifier
from crackcls.errors import InputError
from tests.conftest import encoded


def dark_is_cracked(batch: np.ndarray) -> dict[str, np.ndarray]:
    sound = batch.mean(axis=(1, 2, 3)) / 255
    return {"probabilities": np.stack([sound, 1 - sound], axis=1)}


MODEL = Classifier("made", ("Negative", "Positive"), 96, dark_is_cracked)


@pytest.mark.parametrize(
    ("probabilities", "label", "probability"),
    [
        ([0.7, 0.2, 0.1], "a", 0.7),
        ([0.2, 0.5, 0.3], "b", 0.5),
        ([0.0, 0.0, 1.0], "c", 1.0),
        ([0.4, 0.4, 0.2], "a", 0.4),
    ],
)
def test_the_likeliest_class_is_taken(probabilities, label, probability):
    verdict = photo.decide(np.array(probabilities), ("a", "b", "c"))
    assert verdict == photo.Verdict(label, probability)
    assert type(verdict.probability) is float


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (1.0, "over 99.9%"),
        (0.9999, "over 99.9%"),
        (0.99901, "over 99.9%"),
        (0.999, "99.9%"),
        (0.9949, "99.5%"),
        (0.873, "87.3%"),
        (0.5, "50.0%"),
        (0.3334, "33.3%"),
    ],
)
def test_percent_never_says_certainty(probability: float, words: str):
    assert photo.percent(probability) == words


@pytest.mark.parametrize(
    ("label", "words"),
    [("Positive", "cracked"), ("Negative", "no crack found"), ("Rissbild", "Rissbild")],
)
def test_classes_of_the_metu_set_have_words_and_others_their_name(label: str, words: str):
    assert photo.Verdict(label, 0.9).words == words


@pytest.mark.parametrize(
    ("grey", "verdict"),
    [(51, photo.Verdict("Positive", 0.8)), (204, photo.Verdict("Negative", 0.8))],
)
@pytest.mark.parametrize("size", [(300, 100), (96, 96), (20, 50)])
def test_one_photo_is_judged(grey: int, verdict: photo.Verdict, size: tuple[int, int]):
    judged = photo.judge(Image.new("RGB", size, (grey, grey, grey)), MODEL)
    assert (judged.label, judged.probability) == (verdict.label, pytest.approx(0.8))


def test_the_model_gets_one_square_of_its_size():
    shapes = []

    def run(batch: np.ndarray) -> dict[str, np.ndarray]:
        shapes.append((batch.shape, batch.dtype))
        return dark_is_cracked(batch)

    photo.judge(Image.new("RGB", (300, 100)), Classifier("made", ("a", "b"), 128, run))
    assert shapes == [((1, 128, 128, 3), np.uint8)]


def test_files_are_judged_in_order_and_broken_ones_say_why(tmp_path):
    greys = [0, 255, None, 51, 0, 255]
    paths = [tmp_path / f"{number} größe.jpg" for number in range(len(greys))]
    for path, grey in zip(paths, greys, strict=True):
        colour = (grey, grey, grey) if grey is not None else None
        path.write_bytes(encoded(Image.new("RGB", (50, 40), colour)) if colour else b"no photo")
    verdicts = list(photo.judge_files(paths, MODEL))
    broken = verdicts.pop(2)
    assert isinstance(broken, InputError)
    assert "8 bytes" in str(broken)
    labels = [verdict.label for verdict in verdicts]
    assert labels == ["Positive", "Negative", "Positive", "Positive", "Negative"]
    shares = [verdict.probability for verdict in verdicts]
    assert shares == pytest.approx([1, 1, 0.8, 1, 1], abs=0.01)
