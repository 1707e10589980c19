"""The command line's part about several data sets in one training."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from crackcls import typed
from crackcls.errors import InputError

if TYPE_CHECKING:
    from crackcls.datasets.several import Source

Value = TypeVar("Value")


def add(command: argparse.ArgumentParser) -> None:
    """Add the options that tell of one of several data sets."""
    sound_help = "folder, or NAME=DIR, all of whose images are sound, at any depth; repeat it"
    command.add_argument("--sound", action="append", default=[], metavar="DIR", help=sound_help)
    crack_help = "class folder of a set that holds cracks, where its name does not tell; repeat it"
    add_pairs(command, "--crack", "NAME=FOLDER", str, crack_help)
    cap_help = "take COUNT images of a set, each class in its share; repeat it"
    add_pairs(command, "--cap", "NAME=COUNT", int, cap_help)
    weight_help = "let an epoch see a set's images NUMBER times, such as 2 or 0.5; repeat it"
    add_pairs(command, "--weight", "NAME=NUMBER", float, weight_help)


def sources_of(chosen: argparse.Namespace) -> "list[Source]":
    """Give the data sets that the options name, those of `--data` before those of `--sound`.

    Raises:
        InputError: An option tells of a set that is not named.
    """
    from crackcls.datasets.several import Source

    named = [(text, False) for text in chosen.data] + [(text, True) for text in chosen.sound]
    sources = [Source(data, name, sound) for text, sound in named for name, data in [_cut(text)]]
    names = [source.called for source in sources]
    for option in ("crack", "cap", "weight"):
        for name, value in getattr(chosen, option):
            if name not in names:
                raise InputError(
                    f"The option --{option} must begin with the name of a data set "
                    f"({', '.join(names)}) and '=', received '{name}={value}'."
                )
    caps, weights = dict(chosen.cap), dict(chosen.weight)
    return [
        Source(
            data=source.data,
            name=source.name,
            sound=source.sound,
            crack=tuple(folder for of, folder in chosen.crack if of == source.called),
            cap=caps.get(source.called),
            weight=weights.get(source.called, 1.0),
        )
        for source in sources
    ]


def add_pairs(
    command: argparse.ArgumentParser,
    option: str,
    what: str,
    read: Callable[[str], Value],
    help_: str,
) -> None:
    """Add an option of a name and a value that can be repeated.

    Args:
        command: The parser.
        option: Such as `--cap`.
        what: What it takes, such as `NAME=COUNT`.
        read: Makes the value of its text; may raise ValueError.
        help_: For `--help`.
    """

    def pair(text: str) -> tuple[str, Value]:
        name, equals, value = text.rpartition("=")
        try:
            if equals:
                return name, read(value)
        except ValueError:
            pass
        raise argparse.ArgumentTypeError(f"must be {what}, received '{text}'")

    command.add_argument(option, action="append", default=[], type=pair, metavar=what, help=help_)


def _cut(text: str) -> tuple[str, str]:
    """Cut `NAME=DATA` into name and data; a folder with such a name is taken as it is."""
    name, equals, data = text.partition("=")
    return (name, data) if equals and not typed.is_folder(typed.path(text)) else ("", text)
