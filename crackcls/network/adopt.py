"""A model of elsewhere, from the ZIP that `parcel` packs: checked before its network is opened."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, NotRequired

from crackcls import config, disk, events, stored, temporary
from crackcls.datasets.archives import rules, zips
from crackcls.datasets.archives.rules import Member
from crackcls.errors import InputError
from crackcls.files import json_bytes
from crackcls.network import calibration, classifier, pieces, signature, trial
from crackcls.network.pieces import FEATURES
from crackcls.runs import changes, shapes
from crackcls.runs.work import LOG

LIMITS = config.ArchiveLimits(files=100, size=400_000_000, ratio=50)
MODEL, NETWORK, CARD = "model.json", "model.tflite", "CARD.md"
# What is taken out of the ZIP, and the most bytes of each. The rest is left: `model.keras` is not
# needed to judge, and a file of Keras can hold code.
TAKEN = {
    MODEL: 10**6,
    NETWORK: 100_000_000,
    calibration.FILES[0]: 10**6,
    calibration.FILES[1]: 20_000_000,
    pieces.FILE: 20_000_000,
    CARD: 10**6,
}
NEEDED = MODEL, NETWORK, *calibration.FILES
UNKNOWN = "photos that its maker did not name"
MESSAGE = "It was trained elsewhere and has not been tested here."
Shape = tuple[int, ...]


class Told(shapes.Model):
    """`model.json` in the ZIP: also what the data of the training is called."""

    data: NotRequired[shapes.Text]
    synthetic: NotRequired[bool]


def add(archive: IO[bytes], name: str) -> list[str]:
    """Check a model of elsewhere and put it among the models.

    Its figures are not taken over, since nothing here can check them.

    Args:
        archive: The ZIP, open.
        name: Of the model here.

    Returns:
        What was in the ZIP and is left out, by name.

    Raises:
        InputError: The name is taken or unsafe, or the ZIP is no model, a damaged one or one
            that breaks a rule. Nothing is left then.
    """
    changes.check_free(name)
    opened = zips.open_zip(archive, LIMITS)
    members = zips.list_files(opened)[0]
    rules.check(members, LIMITS, archive.seek(0, io.SEEK_END))
    taken = [member for member in members if member.name in TAKEN]
    _check_names(taken)
    folder = config.models_folder() / name
    disk.check_space((folder.parent, sum(member.size for member in taken) + config.DISK_RESERVE))
    with temporary.folder_beside(folder) as work:
        inside = work / name
        inside.mkdir()
        for member, chunks in zips.contents(opened, taken):
            (inside / member.name).write_bytes(b"".join(chunks))
        about = check(inside)
        trial.check(inside)
        _describe(inside, about)
        changes.clear(name)
        temporary.discard(folder)
        inside.rename(folder)
    return sorted(member.name for member in members if member.name not in TAKEN)


def check(folder: Path) -> Told:
    """Check what came out of a ZIP without opening the network in it.

    Args:
        folder: Where it lies.

    Returns:
        What `model.json` says.

    Raises:
        InputError: The network has another hash, takes or gives something else than a model of
            these classes, or computes with operators that are not LiteRT's own.
    """
    about = stored.read_json(folder / MODEL, Told, shapes.wrong_model)
    network = folder / NETWORK
    content = classifier.checked(network, about["sha256"])
    try:
        found = signature.read(content)
    except ValueError as error:
        raise stored.damaged(network, str(error)) from error
    if not found.is_plain:
        raise stored.damaged(network, "it has operators that are not LiteRT's own")
    if (found.inputs, found.outputs) != _shapes_of(about):
        raise stored.damaged(network, "what it takes or gives does not fit 'model.json'")
    return about


def _check_names(taken: Sequence[Member]) -> None:
    names = {member.name for member in taken}
    if lost := [name for name in NEEDED if name not in names]:
        raise InputError(
            "The ZIP of a model must be as it was taken away here, with "
            f"{', '.join(NEEDED)}, and this one lacks {', '.join(lost)}. Take the model away anew."
        )
    for member in taken:
        if member.size > (most := TAKEN[member.name]):
            raise InputError(
                f"In the ZIP of a model '{member.name}' may have {most:,} bytes, and this one has "
                f"{member.size:,}. Take the model away anew."
            )


def _shapes_of(about: Told) -> tuple[Mapping[str, Shape], Mapping[str, Shape]]:
    """Give what a model of these classes takes and gives, any number of images at once."""
    side, classes = about["image_size"], len(about["classes"])
    cells = side // 32
    return {"image": (-1, side, side, 3)}, {
        "probabilities": (-1, classes),
        "features": (-1, FEATURES),
        "activation_map": (-1, cells, cells, classes),
    }


def _describe(folder: Path, about: Told) -> None:
    """Write what a run folder must have, so that all else takes the model for one of ours."""
    settings = {
        "data": about.get("data") or UNKNOWN,
        "synthetic": about.get("synthetic", False),
        "classes": about["classes"],
        "image_size": about["image_size"],
    }
    (folder / "config.json").write_bytes(json_bytes(settings))
    events.log_to(folder / LOG)("end", status="added", message=MESSAGE)
