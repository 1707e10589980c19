"""Several data sets in one training: each by its name, their classes mapped to two."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from crackcls.classes.names import CLASSES, CRACK, SOUND, meanings
from crackcls.datasets import catalogue, shipped_photos
from crackcls.datasets.layout import PLAIN
from crackcls.errors import InputError
from crackcls.labelled import DataSet, Labelled, Levels, set_of

NAME_RULE = re.compile(r"[^/\\=\s.][^/\\=]{0,63}")


@dataclass(frozen=True)
class Source:
    """One of several data sets, as a person asks for it.

    Attributes:
        data: What `train --data` takes, or a folder of sound images.
        name: What to call it; empty for the name of its folder.
        sound: Whether all images below the folder are sound, whatever its folders are called.
        crack: Its class folders that hold cracks; empty where their names tell.
        cap: At most so many of its images are taken; None takes all.
        weight: How often an epoch sees each of its training images.
        layout: How its folders are read, see `listing.open_folder`; empty to find out.
        group_by: A pattern that names what belongs together, see there; empty for none.
    """

    data: str
    name: str = ""
    sound: bool = False
    crack: tuple[str, ...] = ()
    cap: int | None = None
    weight: float = 1.0
    layout: str = ""
    group_by: str = ""

    @property
    def called(self) -> str:
        """The name, given or taken from the folder."""
        return self.name or catalogue.folder_of(self.data).resolve().name


def is_plain(sources: Sequence[Source]) -> bool:
    """Tell whether this is one folder and nothing else, which keeps its own classes."""
    first = sources[0]
    return [*sources] == [Source(first.data, layout=first.layout, group_by=first.group_by)]


def listed(source: Source) -> Labelled:
    """List the images of one set under the names of its own classes.

    Raises:
        InputError: As `catalogue.open_data` and `catalogue.list_sound`.
    """
    if source.sound:
        return catalogue.list_sound(source.data)
    return catalogue.open_data(source.data, source.layout, source.group_by)


def open_sources(sources: Sequence[Source]) -> Labelled:
    """List the images of one data set as it is, or of several under two classes.

    Args:
        sources: The sets, in the order of their files.

    Raises:
        InputError: A set is not there, breaks a rule, has the name of another, or its classes
            do not say which holds cracks.
    """
    if any(source.data.strip() == shipped_photos.NAME for source in sources):
        raise InputError(
            "The photos that come with the app are there to be judged by any model, so none may "
            "learn from them. Choose other data."
        )
    if is_plain(sources):
        return listed(sources[0])
    _check(sources)
    opened = [_open(source) for source in sources]
    sets = tuple(one for one, _ in opened)
    files = tuple(f"{one.name}/{file}" for one, found in opened for file in found.files)
    labels = tuple(label for _, found in opened for label in found.labels)
    if {*labels} != {0, 1}:
        raise InputError(
            "A training must have cracked and sound images, and all sets here are sound. "
            "Add a set with one folder of cracked and one of sound images."
        )
    folder = Path(" + ".join(one.name for one in sets))
    levels = _joined([(one.name, found) for one, found in opened])
    return Labelled(folder, CLASSES, files, labels, sets, levels)


def count(labelled: Labelled) -> int:
    """Count the images that are taken, with the caps of the sets."""
    if not labelled.sets:
        return len(labelled.files)
    sizes = Counter(map(set_of, labelled.files))
    return sum(min(sizes[one.name], one.cap or sizes[one.name]) for one in labelled.sets)


def describe(labelled: Labelled) -> list[dict[str, Any]]:
    """Say what each set is, without its place on this machine; `reopen` takes it."""
    pairs = zip(map(set_of, labelled.files), labelled.labels, strict=True)
    counts = Counter(pairs)
    return [
        {
            "name": one.name,
            "sound": counts[one.name, 0],
            "cracked": counts[one.name, 1],
            "crack": one.crack,
            "cap": one.cap,
            "weight": one.weight,
            "layout": one.layout,
            "group_by": one.group_by,
        }
        for one in labelled.sets
    ]


def reopen(described: Sequence[Mapping[str, Any]], places: Mapping[str, Path]) -> Labelled:
    """List the images of several sets again.

    Args:
        described: What `describe` gave.
        places: The folder of each set.

    Raises:
        InputError: A folder is not known, or as `open_sources`.
    """
    if lost := [one["name"] for one in described if one["name"] not in places]:
        raise InputError(
            f"A run that goes on must find its images, and the folder of '{lost[0]}' is not known "
            "on this machine. Train a new model."
        )
    return open_sources(
        [
            Source(
                data=str(places[one["name"]]),
                name=one["name"],
                sound=not one["crack"],
                crack=tuple(one["crack"]),
                cap=one["cap"],
                weight=one["weight"],
                # Earlier versions knew one layout.
                layout=one.get("layout", PLAIN),
                group_by=one.get("group_by", ""),
            )
            for one in described
        ]
    )


def words(sources: Sequence[Source]) -> list[str]:
    """Give the words of `train` that name these sets."""
    found, is_one = [], is_plain(sources)
    for one in sources:
        of = "" if is_one else f"{one.called}="
        option = "--sound" if one.sound else "--data"
        found += [option, f"{one.name}={one.data}" if one.name else one.data]
        found += [word for name in one.crack for word in ("--crack", f"{one.called}={name}")]
        found += ["--cap", f"{one.called}={one.cap}"] if one.cap else []
        found += ["--weight", f"{one.called}={one.weight:g}"] if one.weight != 1 else []
        found += ["--layout", f"{of}{one.layout}"] if one.layout else []
        found += ["--group-by", f"{of}{one.group_by}"] if one.group_by else []
    return found


def _open(source: Source) -> tuple[DataSet, Labelled]:
    """Give a set and its images, labelled by what their classes mean."""
    found = listed(source)
    kinds = _kinds(source, found.classes)
    labels = tuple(int(kinds[found.classes[label]] == CRACK) for label in found.labels)
    one = DataSet(
        name=source.called,
        folder=found.folder,
        crack=tuple(name for name in found.classes if kinds[name] == CRACK),
        cap=source.cap,
        weight=source.weight,
        layout=source.layout,
        group_by=source.group_by,
    )
    return one, replace(found, classes=CLASSES, labels=labels)


def _joined(opened: Sequence[tuple[str, Labelled]]) -> Levels:
    """Put together what is known of the images of several sets, each under its set's name."""

    def each(attribute: str, prefix: str) -> tuple[str, ...]:
        values = [
            (name, value)
            for name, one in opened
            for value in getattr(one.levels, attribute) or [""] * len(one.files)
        ]
        named = (f"{prefix.format(name)}{value}" if value else "" for name, value in values)
        return tuple(named) if any(value for _, value in values) else ()

    return Levels(
        groups=each("groups", "{}/"),
        photographs=each("photographs", ""),
        parts=each("parts", ""),
        said=tuple(f"{name}: {said}" for name, one in opened for said in one.levels.said),
        left_out=tuple(
            (f"{name}/{file}", why) for name, one in opened for file, why in one.levels.left_out
        ),
    )


def _kinds(source: Source, classes: tuple[str, ...]) -> Mapping[str, str]:
    """Tell what each class folder of a set means, by what was said or by its name."""
    if source.sound:
        return dict.fromkeys(classes, SOUND)
    said, listed = {*source.crack}, ", ".join(f"'{name}'" for name in classes)
    if said and not said < {*classes}:
        raise InputError(
            f"The class folders of cracks must be some of those of '{source.called}' and not all "
            f"({listed}), received {', '.join(map(repr, source.crack))}. Name others."
        )
    found = (
        {name: CRACK if name in said else SOUND for name in classes} if said else meanings(classes)
    )
    if found is None:
        raise InputError(
            f"Of several data sets it must be clear which class folders hold cracks, and those of "
            f"'{source.called}' ({listed}) do not tell. Say it, such as by "
            f"--crack {source.called}={classes[0]}."
        )
    return found


def _check(sources: Sequence[Source]) -> None:
    names = [source.called for source in sources]
    for source, name in zip(sources, names, strict=True):
        if not NAME_RULE.fullmatch(name):
            raise InputError(
                "The name of a data set must be 1 to 64 characters without '/', '\\' and '=', not "
                f"begin with '.' or a blank, received '{name}'. Give another by NAME={source.data}."
            )
        if source.sound and source.crack:
            raise InputError(
                f"A data set of sound images has no folder of cracks, and '{name}' is named by "
                "--sound and by --crack. Take --data for it."
            )
        if source.cap is not None and source.cap < 1:
            raise InputError(f"The cap of '{name}' must be above 0, received {source.cap}.")
        if not 0 < source.weight <= 100:
            raise InputError(
                f"The weight of '{name}' must be above 0, at most 100, received {source.weight:g}."
            )
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        again = [source.data for source in sources if source.called == twice[0]][-1]
        raise InputError(
            f"Each data set must have a name of its own, and two are called '{twice[0]}'. "
            f"Call one of them otherwise: OTHER-NAME={again}."
        )
