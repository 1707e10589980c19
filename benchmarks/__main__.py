"""All measurements in one run: `python -m benchmarks`.

Each part can be run alone and kept as JSON; `--from` puts kept parts into one Markdown file, and
`--into` into one that has others.
"""

import argparse
import re
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import (
    app,
    backbone,
    cluster,
    figures,
    growth,
    judging,
    load,
    machine,
    prediction,
    quality,
    training,
    web,
    whole,
)
from crackcls.errors import InputError
from crackcls.files import read_json, write_atomically, write_json

PARTS = {
    "training": training,
    "whole": whole,
    "backbone": backbone,
    "prediction": prediction,
    "judging": judging,
    "quality": quality,
    "app": app,
    "growth": growth,
    "load": load,
    "web": web,
    "cluster": cluster,
}
FULL = " on all images"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables and write them.

    Args:
        arguments: The words after `python -m benchmarks`; None takes them from the system.

    Returns:
        Exit status: 0 done, 2 not done.
    """
    options = parser().parse_args(arguments)
    try:
        results = merge([read_json(path) for path in options.results])
        for part in parts(options):
            results = merge([results, measure(part, options, arguments)])
            if options.json:
                write_json(options.json, results)
    except (InputError, RuntimeError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    text = document(results)
    print(text)
    try:
        if options.out:
            write_atomically(options.out, text.encode())
        if options.into:
            write_atomically(options.into, put_into(options.into.read_text("utf-8"), text).encode())
    except InputError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    return 0


def parser() -> argparse.ArgumentParser:
    """Build the parser of the options."""
    top = argparse.ArgumentParser("python -m benchmarks", description=__doc__.splitlines()[0])
    add = top.add_argument
    data_help = "METU's folder, with Positive/ and Negative/ (%(default)s)"
    add("--data", type=Path, default=Path("../shared/metu"), metavar="DIR", help=data_help)
    add("--only", action="append", choices=PARTS, help="measure this part; may be repeated")
    full_help = "train on all images of DIR, and on 40,000 in the part growth"
    add("--full", action="store_true", help=full_help)
    add("--images", type=_positive, default=4000, help="images without --full (%(default)s)")
    add("--most", type=_positive, metavar="N", help="leave larger sets out of the part growth")
    add("--repeats", type=_positive, default=3, help="runs of each measurement (%(default)s)")
    epochs_help = "epochs of plain Keras; fewer than 10 are extrapolated (%(default)s)"
    add("--baseline-epochs", type=_positive, default=training.EPOCHS, help=epochs_help)
    add("--baseline-repeats", type=_positive, default=1, help="runs of plain Keras (%(default)s)")
    before_help = "a checkout of an earlier commit, to which judging and quality compare"
    add("--before", type=Path, metavar="DIR", help=before_help)
    folder_help = "photos of the folder in the part judging (%(default)s)"
    add("--folder-photos", type=_positive, default=judging.FOLDER, metavar="N", help=folder_help)
    add("--out", type=Path, metavar="FILE", help="write the tables as Markdown")
    into_help = "put the parts into a file that --out has written, and keep its others"
    add("--into", type=Path, metavar="FILE", help=into_help)
    add("--json", type=Path, metavar="FILE", help="keep the results after each part")
    from_help = "take kept results in; without --only nothing more is measured"
    add("--from", dest="results", type=Path, nargs="+", default=[], metavar="FILE", help=from_help)
    return top


def parts(options: argparse.Namespace) -> list[str]:
    """Give the parts to measure, in their order."""
    chosen = options.only or ([] if options.results else PARTS)
    return [part for part in PARTS if part in chosen]


def measure(
    part: str, options: argparse.Namespace, arguments: Sequence[str] | None
) -> dict[str, Any]:
    """Measure one part.

    Returns:
        `machine`, see `machine.facts`, and `parts`: for the part, apart with `--full`, the
        `command`, how long it took in `seconds`, and what it `found`.
    """
    words = sys.argv[1:] if arguments is None else arguments
    start = time.perf_counter()
    found = PARTS[part].measure(options)
    took = time.perf_counter() - start
    command = shlex.join(["python", "-m", "benchmarks", *words])
    done = {"command": command, "seconds": took, "found": found}
    return {"machine": machine.facts(), "parts": {part + FULL * options.full: done}}


def merge(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Put results together; of a part that is there twice, the later one counts.

    Raises:
        InputError: They come from different machines or versions.
    """
    merged: dict[str, Any] = {"machine": {}, "parts": {}}
    for result in results:
        old, new = merged["machine"], result["machine"]
        differing = [name for name in old if new and old[name] != new.get(name)]
        if differing:
            raise InputError(
                "Results in one file must come from one machine and the same versions, and these "
                f"differ in {', '.join(differing)}. Measure them again."
            )
        merged["machine"] = old or new
        merged["parts"].update(result["parts"])
    return merged


def document(results: dict[str, Any]) -> str:
    """Write results as Markdown."""
    sections = [
        "# Benchmarks",
        "Written by `python -m benchmarks`. A figure is a median, in brackets the lowest and the "
        "highest of the runs. Seconds are wall clock. A MB is 1,000,000 bytes.",
        figures.facts(results["machine"]),
    ]
    kept = [part + full for part in PARTS for full in ("", FULL) if part + full in results["parts"]]
    for part in kept:
        done = results["parts"][part]
        sections.append(f"## {part.capitalize()}\n")
        sections.append(f"`{done['command']}`, {done['seconds'] / 60:.1f} minutes.")
        sections += [
            figures.markdown(table) for table in PARTS[part.split(FULL)[0]].tables(done["found"])
        ]
    return "\n\n".join(section.strip() for section in sections) + "\n"


def put_into(text: str, more: str) -> str:
    """Put the parts of one document into another, where each takes the place of its like.

    Args:
        text: What `document` has written.
        more: The same, of other results.

    Raises:
        InputError: They come from different machines or versions.
    """
    (head, *old), (new_head, *new) = (re.split("^(?=## )", one, flags=re.M) for one in (text, more))
    if head != new_head:
        raise InputError(
            "Results in one file must come from one machine and the same versions, and those in "
            "the file come from others. Measure its other parts again."
        )
    by_name = {part.partition("\n")[0][3:].lower(): part for part in [*old, *new]}
    order = [name for part in PARTS for name in (part, part + FULL) if name in by_name]
    return "\n\n".join(one.strip() for one in (head, *(by_name[name] for name in order))) + "\n"


def _positive(word: str) -> int:
    if (value := int(word)) < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, received {value}")
    return value


if __name__ == "__main__":
    sys.exit(main())
