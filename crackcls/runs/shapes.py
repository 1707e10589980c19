"""What the files of a run folder hold, as far as a reader counts on it."""

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from msgspec import Meta

Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0, le=10**12)]
Number = Annotated[float, Meta(ge=0, le=1e15)]
# A path with the character 0 is none.
Text = Annotated[str, Meta(max_length=10_000, pattern=r"\A[^\x00]*\Z")]
Name = Annotated[str, Meta(min_length=1, max_length=255, pattern=r"\A[^\x00]*\Z")]
# One of `config.LAYOUTS`; opening the data says which are known.
Layout = Annotated[str, Meta(max_length=255)]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Classes = Annotated[list[Name], Meta(min_length=2)]
Sides = Annotated[list[Annotated[int, Meta(ge=1, le=10**7)]], Meta(min_length=3, max_length=3)]
Interval = Annotated[list[Share], Meta(min_length=2, max_length=2)]


class Process(TypedDict):
    """`process.json`: which process works, or worked, on the folder."""

    pid: Annotated[int, Meta(gt=0, lt=2**31)]
    created: Number
    ticks: NotRequired[Count]
    boot: NotRequired[Text]


class Belonging(TypedDict):
    """`visitor.json`: whose a run or an upload is."""

    visitor: Sha256
    shared: NotRequired[bool]


class Nickname(TypedDict):
    """What a student is called, in a file named by the visitor."""

    nickname: Annotated[str, Meta(min_length=1, max_length=255)]


class Waiting(TypedDict):
    """`waiting.json`: what to start when a run's turn has come; without arguments it goes on."""

    since: Number
    order: float
    seconds: Number
    arguments: NotRequired[list[Text]]


# `.starts.json`: when the runs of the last hour were started, by visitors.
Starts = dict[Sha256, list[Number]]


class DataSet(TypedDict):
    """One of several data sets in `config.json`."""

    name: Name
    crack: list[Name]
    cap: Annotated[int, Meta(ge=1)] | None
    weight: Annotated[float, Meta(gt=0, le=100)]
    layout: NotRequired[Layout]
    group_by: NotRequired[Text]


class Listed(TypedDict):
    """A list of images to leave out, in `config.json`."""

    listed: Count
    sha256: Sha256


class LeftOut(TypedDict):
    """How many images that list left out, in `report.json`."""

    images: Count


class Settings(TypedDict):
    """`config.json`: the settings, and where the data came from."""

    data: Text
    sets: NotRequired[list[DataSet]]
    layout: NotRequired[Layout]
    group_by: NotRequired[Text]
    classes: NotRequired[Classes]
    positive: NotRequired[Name | None]
    images: NotRequired[Count]
    synthetic: NotRequired[bool]
    epochs: NotRequired[Annotated[int, Meta(ge=1, le=1000)]]
    batch_size: NotRequired[Annotated[int, Meta(ge=1, le=1024)]]
    image_size: NotRequired[Count]
    learning_rate: NotRequired[Share]
    split: NotRequired[Name]
    seed: NotRequired[Count]
    fine_tune: NotRequired[Literal["head", "top", "all"]]
    precision: NotRequired[Literal["int8", "float32"]]
    limit: NotRequired[Annotated[int, Meta(ge=1)] | None]
    patience: NotRequired[Count]
    version: NotRequired[Text]
    left_out_labels: NotRequired[Listed]


class TrainedOn(TypedDict):
    """The sizes of the images of a training in `model.json`, see `scale.Scale`."""

    long: Sides
    short: Sides


class InPieces(TypedDict):
    """Into how many pieces photos are cut, in `model.json`."""

    along: Annotated[int, Meta(ge=1, le=64)]
    across: Annotated[int, Meta(ge=1, le=64)]


class Model(TypedDict):
    """`model.json`: what the model takes and gives, and the hash of `model.tflite`."""

    classes: Classes
    image_size: Annotated[int, Meta(ge=32, le=1024)]
    sha256: Sha256
    positive: NotRequired[Name | None]
    trained_on: NotRequired[TrainedOn | None]
    pieces: NotRequired[InPieces | None]


class OfClass(TypedDict):
    """Figures of one class in `report.json`."""

    precision: Share
    recall: Share
    f1: Share
    images: Number


class OfSet(TypedDict):
    """Figures of one of several data sets in `report.json`."""

    images: Count
    wrong: Count
    accuracy: Share
    accuracy_interval: Interval
    cracked: Count
    recall: Share | None
    false_alarm_rate: Share | None
    roc_auc: Share | None


class NearCopies(TypedDict):
    """What `report.json` says of near copies."""

    test_images_with_copy_in_training: Count
    images_without_copies: Count
    accuracy_without_copies: Share | None


class Report(TypedDict):
    """`report.json`: the figures of an evaluation."""

    images: Annotated[int, Meta(ge=1, le=10**12)]
    wrong: Count
    accuracy: Share
    accuracy_interval: Interval
    classes: Classes
    per_class: dict[Name, OfClass]
    confusion_matrix: list[list[Count]]
    roc_auc: Share | None
    positive: NotRequired[Name | None]
    by_set: NotRequired[dict[Name, OfSet]]
    near_copies: NotRequired[NearCopies]
    left_out_labels: NotRequired[LeftOut]
    seen_left_out: NotRequired[Count]
    unreadable: NotRequired[Count]
    no_verdict: NotRequired[dict[Name, Count]]


class Place(TypedDict):
    """`local.json`: where the images are on this machine."""

    data: NotRequired[Text]
    sets: NotRequired[dict[Name, Text]]


def wrong_model(model: dict[str, Any]) -> str:
    """Say what does not fit together in a `Model`; an empty text where all does."""
    if len({*model["classes"]}) < len(model["classes"]):
        return "two of its 'classes' are the same"
    if model.get("pieces") and not model.get("trained_on"):
        return "'pieces' needs 'trained_on'"
    return _wrong_positive(model)


def wrong_report(report: dict[str, Any]) -> str:
    """Say what does not fit together in a `Report`; an empty text where all does."""
    classes, matrix = report["classes"], report["confusion_matrix"]
    if report["wrong"] > report["images"]:
        return "more images are wrong than there are"
    if [*report["per_class"]] != classes:
        return "'per_class' must have the figures of each class"
    if {len(classes), len(matrix)} != {len(classes), *map(len, matrix)}:
        return "'confusion_matrix' must have a row and a column for each class"
    return _wrong_positive(report)


def wrong_own_report(report: dict[str, Any]) -> str:
    """Do as `wrong_report` for the report of a model's own test, which looked for copies."""
    return wrong_report(report) or ("" if "near_copies" in report else "it has no 'near_copies'")


def _wrong_positive(about: dict[str, Any]) -> str:
    is_known = about.get("positive") in (None, *about["classes"])
    return "" if is_known else "'positive' must be one of 'classes'"
