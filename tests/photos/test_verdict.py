"""The verdict on one photo: from its tiles, at a threshold, with what the model knows."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from crackcls import config, images
from crackcls.classes.names import looked_for
from crackcls.errors import InputError
from crackcls.interval import percent
from crackcls.network import calibration, familiarity
from crackcls.network.classifier import Classifier, load_model
from crackcls.network.familiarity import Familiarity
from crackcls.photos.examples import EXAMPLES
from crackcls.photos.files import each_file
from crackcls.photos.verdict import Analysis, Verdict, analyse, decide
from tests.conftest import SHARED, encoded, picture

needs_outside = pytest.mark.skipif(
    not (SHARED / "outside").is_dir(), reason="the photos are not beside the project (../shared)"
)
SHIPPED = config.PROJECT / "models" / "metu"


def dark_is_cracked(batch: np.ndarray) -> dict[str, np.ndarray]:
    """Stand in for a model: dark pictures are cracked, green ones unfamiliar."""
    darkness = 8 * (0.5 - batch.mean(axis=(1, 2, 3)) / 255)
    scores = np.stack([-darkness, darkness], axis=1)
    green = batch[..., 1].mean(axis=(1, 2)) > batch[..., 0].mean(axis=(1, 2)) + 20
    return {
        "probabilities": calibration.softmax(scores).astype(np.float32),
        "features": np.where(green[:, None], [[0.0, 1.0]], [[1.0, 0.0]]).astype(np.float32),
        "activation_map": np.tile(scores[:, None, None], (1, 3, 3, 1)).astype(np.float32),
    }


FAMILIAR_X = Familiarity(np.array([1.0, 0.0]), np.zeros((1, 2)), 0.1)
KNOWN = calibration.Calibration(1.0, (0.003,) * 3, FAMILIAR_X)
MODEL = Classifier("made", ("Negative", "Positive"), "Positive", 96, *2 * [dark_is_cracked])
LIGHT, DARK, GREEN = (204, 204, 204), (20, 20, 20), (20, 200, 20)


def wall(spots: int = 0, size: tuple[int, int] = (800, 800), colour=LIGHT) -> Image.Image:
    """Make a light photo with dark squares of 200 px, each of which fills one large tile."""
    image = Image.new("RGB", size, colour)
    for spot in range(spots):
        left = 300 * (spot % 3)
        image.paste(DARK, (left, 300 * (spot // 3), left + 200, 300 * (spot // 3) + 200))
    return image


def judge(image: Image.Image, threshold: float = 0.5, model=MODEL, known=KNOWN) -> Verdict:
    return decide(analyse(image, model, known), threshold)


@pytest.mark.parametrize(
    ("colour", "words", "kind"),
    [(DARK, "cracked", "found"), (LIGHT, "no crack found", "not found")],
)
@pytest.mark.parametrize("size", [(227, 227), (300, 100), (20, 50), (1, 1), (1600, 1200)])
def test_a_photo_of_one_colour_gets_its_verdict_at_any_size(colour, words, kind, size):
    verdict = judge(Image.new("RGB", size, colour))
    assert (verdict.words, verdict.kind, verdict.familiarity) == (words, kind, 1)
    assert verdict.found_tiles == (verdict.tiles if kind == "found" else 0)


@pytest.mark.parametrize(("size", "one"), [((227, 227), True), ((227, 300), False)])
def test_a_probability_is_one_only_for_a_single_familiar_tile(size, one):
    assert judge(Image.new("RGB", size, DARK)).is_probability is one
    green = judge(Image.new("RGB", size, GREEN))
    assert not green.is_probability


@pytest.mark.parametrize(
    ("large", "small", "kind"),
    [
        (0, 0, "not found"),
        (1, 0, "doubtful"),
        (2, 0, "doubtful"),
        (3, 0, "found"),
        (0, 1, "doubtful"),
        (2, 3, "doubtful"),
        (0, 4, "found"),
    ],
)
def test_one_scale_must_show_enough_tiles(large, small, kind):
    verdict = decide(analysis_of(large, small))
    assert verdict.kind == kind
    assert (verdict.tiles, verdict.found_tiles) == (274, large + small)


def analysis_of(large: int, small: int, familiarity: float = 1.0) -> Analysis:
    """Make an analysis with so many cracked tiles of two scales of 49 and 225 tiles."""
    found = np.concatenate([np.arange(49) < large, np.arange(225) < small])
    cracked = np.where(found, 0.9, 0.01)
    return Analysis(
        size=(800, 800),
        classes=("Negative", "Positive"),
        places=np.zeros((274, 4), int),
        scale=np.repeat([0, 1], [49, 225]),
        needed=(3, 4),
        probabilities=np.stack([1 - cracked, cracked], axis=1),
        familiarity=np.full(274, familiarity),
        heat=np.zeros((128, 128), np.float32),
        label=1,
    )


@pytest.mark.parametrize(
    ("large", "small", "probability"), [(2, 0, 0.01), (3, 0, 0.9), (0, 4, 0.9), (0, 3, 0.01)]
)
def test_the_probability_is_the_lowest_vote_of_the_tiles_that_are_needed(large, small, probability):
    assert decide(analysis_of(large, small)).probability == pytest.approx(probability)


@pytest.mark.parametrize(
    ("threshold", "kind"), [(0.05, "found"), (0.9, "found"), (0.95, "not found")]
)
def test_the_threshold_acts_without_judging_again(threshold, kind):
    assert decide(analysis_of(3, 0), threshold).kind == kind


@pytest.mark.parametrize(("familiarity", "kind"), [(0.49, "unfamiliar"), (0.6, "found")])
def test_a_mostly_unfamiliar_photo_gets_a_caution_in_place_of_a_verdict(familiarity, kind):
    verdict = decide(analysis_of(49, 225, familiarity))
    assert verdict.kind == kind
    assert verdict.familiarity == pytest.approx(familiarity)


def test_an_unfamiliar_tile_has_no_vote():
    image = wall()
    image.paste((20, 60, 20), (0, 0, 400, 400))
    analysis = analyse(image, MODEL, KNOWN)
    dark = (analysis.places[:, :2].max(axis=1) + analysis.places[:, 2]) <= 400
    assert dark.sum() > 10
    assert (analysis.probabilities[dark, 1] > 0.9).all()
    assert (analysis.votes[dark] == 0).all()


def test_heat_lies_on_the_dark_spot_and_nowhere_else():
    heat = analyse(wall(1), MODEL, KNOWN).heat
    assert heat.shape == (128, 128)
    assert heat[10:22, 10:22].min() > 0.5
    assert heat[60:].max() < 0.01


def test_one_thread_and_many_give_the_same():
    image = wall(3)
    one, many = (analyse(image, MODEL, KNOWN, workers) for workers in (1, None))
    assert np.array_equal(one.probabilities, many.probabilities)
    assert np.array_equal(one.heat, many.heat)


def test_the_temperature_moves_probabilities_and_not_the_verdict():
    image = wall(5)
    soft = analyse(image, MODEL, replace(KNOWN, temperature=3.0))
    hard = analyse(image, MODEL, KNOWN)
    assert soft.probabilities.max() < hard.probabilities.max()
    assert decide(soft).kind == decide(hard).kind


def three_classes(batch: np.ndarray) -> dict[str, np.ndarray]:
    scores = np.tile([[0.0, 2.0, 1.0]], (len(batch), 1))
    return {
        "probabilities": calibration.softmax(scores).astype(np.float32),
        "features": np.tile([[1.0, 0.0]], (len(batch), 1)).astype(np.float32),
        "activation_map": np.tile(scores[:, None, None], (1, 3, 3, 1)).astype(np.float32),
    }


def test_of_more_than_two_classes_the_likeliest_is_named():
    model = Classifier("made", ("cat", "dog", "bird"), None, 96, *2 * [three_classes])
    verdict = judge(Image.new("RGB", (800, 600)), model=model)
    assert (verdict.kind, verdict.words) == ("found", "dog")
    assert verdict.probability == pytest.approx(0.665, abs=1e-3)


def test_two_classes_of_other_names_keep_them():
    model = replace(MODEL, classes=("cat", "dog"), positive="dog")
    assert judge(Image.new("RGB", (300, 300), DARK), model=model).words == "dog"
    assert judge(Image.new("RGB", (300, 300), LIGHT), model=model).words == "cat"


# Twelve pairs in seven languages, the name of cracks first.
PAIRS = [
    *(("Cracked", "Non-cracked"), ("crack", "ok"), ("CD", "UD"), ("damaged", "intact")),
    *(("1_defect", "0_good"), ("gerissen", "rissfrei"), ("fissuré", "sain")),
    *(("agrietado", "sin grietas"), ("crepe", "senza crepe"), ("çatlak", "çatlaksız")),
    *(("ひび割れ", "健全"), ("裂缝", "无裂缝")),
]


def of_classes(classes: tuple[str, ...], positive: str) -> tuple[Classifier, object]:
    """Give the stand-in with these classes, calibrated on images that it errs on as it does."""
    turned = slice(None, None, -1 if classes[0] == positive else 1)

    def run(batch: np.ndarray) -> dict[str, np.ndarray]:
        outputs = dark_is_cracked(batch)
        ordered = {name: outputs[name][..., turned] for name in ("probabilities", "activation_map")}
        return {**outputs, **ordered}

    model = Classifier("made", classes, positive, 96, run, run)
    # One sound image in forty is called cracked, one cracked one in ten sound.
    cracked = np.repeat([0, 1], 400)
    score = np.where(cracked, np.arange(800) % 10 > 0, np.arange(800) % 40 == 0) * 0.8 + 0.1
    features = np.random.default_rng(0).normal(5, 1, (800, 4)).astype(np.float32)
    probabilities = np.stack([1 - score, score], axis=1)[:, turned]
    fitted = calibration.fit(
        familiarity.fit(features, features),
        features,
        probabilities,
        np.array([0, 1])[turned][cracked],
    )
    return model, replace(fitted, familiarity=FAMILIAR_X)


def test_the_verdicts_are_the_same_whatever_the_classes_are_called():
    small = 300, 200
    photos = [wall(1), wall(5, (600, 400)), *(wall(0, small, one) for one in (LIGHT, DARK, GREEN))]
    base = of_classes(("Negative", "Positive"), "Positive")
    expected = [analyse(photo, *base) for photo in photos]
    kinds = [decide(one).kind for one in expected]
    assert kinds == ["doubtful", "found", "not found", "found", "unfamiliar"]
    for pair in PAIRS:
        for classes in (pair, pair[::-1]):
            made = of_classes(classes, looked_for(classes))
            for photo, one in zip(photos, expected, strict=True):
                found = analyse(photo, *made)
                assert (found.positive, found.needed) == (pair[0], one.needed)
                assert decide(found) == decide(one)
                assert np.array_equal(found.heat, one.heat)
                assert np.array_equal(found.votes, one.votes)


def test_the_class_looked_for_is_found_though_it_comes_first():
    model, known = of_classes(("cat", "dog"), "cat")
    assert judge(wall(colour=DARK), model=model, known=known).words == "cat"
    assert judge(wall(), model=model, known=known).words == "dog"


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (1.0, "over 99.9%"),
        (0.99901, "over 99.9%"),
        (0.999, "99.9%"),
        (0.9949, "99.5%"),
        (0.5, "50.0%"),
        (0.001, "0.1%"),
        (0.0009, "under 0.1%"),
        (0.0, "under 0.1%"),
    ],
)
def test_percent_never_says_certainty(probability: float, words: str):
    assert percent(probability) == words


def test_files_are_judged_in_order_and_broken_ones_say_why(tmp_path):
    greys = [0, 255, None, 51, 0, 255]
    paths = [tmp_path / f"{number} größe.jpg" for number in range(len(greys))]
    for path, grey in zip(paths, greys, strict=True):
        colour = (grey, grey, grey) if grey is not None else None
        path.write_bytes(encoded(Image.new("RGB", (50, 40), colour)) if colour else b"no photo")
    paths.append(tmp_path / "missing.jpg")
    judged = list(each_file(paths, MODEL, KNOWN, lambda *seen: decide(seen[3]).words))
    assert [[part for part, _ in parts] for parts in judged] == [[""]] * len(paths)
    found = [result for parts in judged for _, result in parts]
    broken, missing = found.pop(2), found.pop()
    assert "this one is a text" in str(broken)
    assert isinstance(missing, InputError)
    assert found == ["cracked", "no crack found", "cracked", "cracked", "no crack found"]


def shipped():
    return load_model(SHIPPED), calibration.load(SHIPPED)


def test_a_patch_gets_the_models_own_calibrated_probability():
    model, known = shipped()
    patch = picture(3, 227, cracked=True)
    outputs = model.run(images.to_square(patch, model.image_size)[None])
    analysis = analyse(patch, model, known)
    scores = np.log(outputs["probabilities"]) / known.temperature
    assert analysis.probabilities == pytest.approx(calibration.softmax(scores), abs=1e-4)


def test_a_drawing_is_unfamiliar_to_the_shipped_model():
    model, known = shipped()
    drawing = Image.new("RGB", (600, 450), (40, 90, 220))
    drawing.paste((250, 220, 0), (100, 100, 350, 300))
    assert judge(drawing, model=model, known=known).kind == "unfamiliar"


@needs_outside
@pytest.mark.slow
def test_cracked_concrete_from_elsewhere_is_called_cracked_or_doubtful():
    model, known = shipped()
    files = sorted((SHARED / "outside" / "cracked").iterdir())[::3]
    judged = each_file(files, model, known, lambda *seen: decide(seen[3]).kind)
    kinds = [kind for ((_, kind),) in judged]
    assert len(kinds) == 10
    assert set(kinds) <= {"found", "doubtful"}
    assert kinds.count("found") >= 8


def cracked_along(seam: int, width: int = 3) -> Image.Image:
    """Draw a crack down a sound wall, on both sides of a line."""
    photo = EXAMPLES["A sound wall"]().copy()
    steps = np.random.default_rng(1).integers(-2, 3, photo.height // 20 + 1)
    line = [(seam + int(step), 20 * at) for at, step in enumerate(steps)]
    ImageDraw.Draw(photo).line(line, (60, 58, 55), width)
    return photo


@pytest.mark.parametrize("seam", [600, 675, 637])
def test_a_crack_along_a_seam_is_found(seam):
    analysis = analyse(cracked_along(seam), load_model(SHIPPED), calibration.load(SHIPPED))
    assert decide(analysis).kind == "found"
    left, width = analysis.places[:, 0], analysis.places[:, 2]
    votes = (analysis.votes >= config.THRESHOLD) & (analysis.scale == 1)
    assert (votes & (left <= seam) & (left + width >= seam)).sum() > 10
    # One put together from half of a cracked tile may vote beside the crack, none further away.
    assert (votes & ((left > seam + 75) | (left + width < seam - 75))).sum() == 0
