"""What the page in the browser must know of a model and of the rule by which photos are judged."""

from collections.abc import Mapping
from typing import Any

from crackcls import __version__, config
from crackcls.classes.names import in_words, is_crack, not_found
from crackcls.evaluation import headline, wording
from crackcls.names import shown
from crackcls.network import calibration, familiarity, heatmap, how, scale
from crackcls.network.calibration import Calibration
from crackcls.network.classifier import Classifier
from crackcls.photos import examples, judged, layout, stitch, tiles, verdict
from crackcls.runs.folders import Run

# A picture of more pixels is shrunk to so many before it is judged: some phones give a page none
# larger.
MOST_DECODED = 4096 * 4096
# Long side in pixels of a frame of the camera: one of few tiles for a slow device, and one.
LIVE_PIXELS = 448, 640
KINDS = verdict.FOUND, verdict.DOUBTFUL, verdict.NOT_FOUND, verdict.UNFAMILIAR
TITLES = "Is this concrete cracked?", "What does this photo show?"
PROMISE = (
    "The test images come from the same places as those of the training. On other photos, in other "
    "light, from further away, the model can be wrong far more often."
)
OF_CRACKS = (
    " It knows no width, no depth and no danger of a crack, and 'no crack found' is no proof that "
    "there is none. This is no inspection."
)


def of_page(run: Run, classifier: Classifier, known: Calibration) -> dict[str, Any]:
    """Give all that the page knows, as JSON can hold it.

    Args:
        run: The model's.
        classifier: The model.
        known: Its calibration.
    """
    return {
        "version": __version__,
        "title": title(classifier),
        "promise": PROMISE + (OF_CRACKS if _is_of_cracks(classifier) else ""),
        "model": of_model(classifier, known),
        "about": about(run),
        "figures": figures(run),
        "kinds": dict(zip(("FOUND", "DOUBTFUL", "NOT_FOUND", "UNFAMILIAR"), KINDS, strict=True)),
        "rule": of_rule(),
        "photo": {
            "mostBytes": config.MAX_PHOTO_BYTES,
            "mostPixels": config.MAX_PHOTO_PIXELS,
            "mostDecoded": MOST_DECODED,
            "preview": judged.PREVIEW_PIXELS,
            "most": config.MAX_PHOTOS_AT_ONCE,
            "live": LIVE_PIXELS,
        },
        "colours": heatmap.COLOURS,
        "examples": [*examples.EXAMPLES],
    }


def title(classifier: Classifier) -> str:
    """Give the question that the page answers.

    Args:
        classifier: The model.
    """
    return TITLES[0 if _is_of_cracks(classifier) else 1]


def of_model(classifier: Classifier, known: Calibration) -> dict[str, Any]:
    """Give what the page must know of a model beside its arrays.

    Args:
        classifier: The model.
        known: Its calibration.
    """
    classes, positive = classifier.classes, classifier.positive
    words = in_words(classes, positive)
    of, cut = classifier.trained_on, classifier.pieces
    return {
        "name": classifier.name,
        "classes": [shown(name) for name in classes],
        "called": [shown(words[name]) for name in classes],
        "notFound": shown(not_found(classes, positive)) if positive else "",
        "isCrack": _is_of_cracks(classifier),
        "label": classifier.label,
        "imageSize": classifier.image_size,
        "temperature": known.temperature,
        "rates": [*known.false_alarm_rates],
        "limit": known.familiarity.limit,
        "isOfOld": of is None,
        "trainedOn": {**(scale.to_json(of) or {}), "isOfPatches": of.is_of_patches} if of else None,
        "pieces": {"along": cut.along, "across": cut.across} if cut else None,
    }


def of_rule() -> dict[str, Any]:
    """Give the constants of the rule, by the names that they have in the modules."""
    return {
        "THRESHOLD": config.THRESHOLD,
        "SMALL_SIDE": config.SMALL_SIDE,
        **_named(scale, "PATCH", "ABOUT"),
        **_named(calibration, "BY_MISTAKE"),
        **_named(familiarity, "FADE"),
        **_named(verdict, "FAMILIAR", "LEAST", "CONTRAST"),
        **_named(layout, "MUCH_LARGER", "MOST_TIMES", "TOO_SMALL"),
        **_named(judged, "PIXELS_FOR_A_PIXEL"),
        **_named(tiles, "DIVISIONS", "OVERLAP", "NATIVE_OVERLAP", "MOST_NATIVE", "NATIVE"),
        **_named(tiles, "OVERLAPS", "LEAST_NATIVE", "SQUEEZED", "MOST_IN_A_ROW"),
        **_named(tiles, "MOST_RESIZED"),
        **_named(stitch, "CELLS"),
    }


def about(run: Run) -> dict[str, str]:
    """Say what the model was trained on and how it judges photos.

    Args:
        run: The model's.
    """
    return {"data": shown(run.data_in_words), "how": how.of_about(run.model)}


def figures(run: Run) -> dict[str, Any] | None:
    """Give what a test said of the model; None where there was none.

    Args:
        run: The model's.
    """
    if not run.report:
        return None
    said = headline.of_report(wording.report_in_words(run.report))
    rows = [
        {"label": shown(one.label), "value": one.value, "counted": one.counted}
        for one in said.figures
    ]
    return {"rows": rows, "caution": shown(said.caution or ""), "images": run.report["images"]}


def _is_of_cracks(classifier: Classifier) -> bool:
    return is_crack(classifier.classes, classifier.positive)


def _named(module: object, *names: str) -> Mapping[str, Any]:
    return {name: getattr(module, name) for name in names}
