"""The command line's part about data: `python -m crackcls data`."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from crackcls import config, disk, typed
from crackcls.formats import photo_files
from crackcls.names import shown

if TYPE_CHECKING:
    from crackcls.labelled import Labelled

DATA_HELP = "folder of images by class, or: synthetic, synthetic-COUNT-SEED, metu, sdnet2018"
JUDGED_HELP = f"{DATA_HELP}, shipped-photos"
LAYOUT_HELP = "how the folders are read, where that is not clear"
GROUP_HELP = "pattern for names: images of which its first group is the same stay together"
# By data set, as the facts have them: a command that is only asked for help reads no facts.
SOURCES = {"metu": ("mendeley", "mendeley-zip", "zip"), "sdnet2018": ("usu", "usu-zip")}

# How a command is added: see `add`. What `add_subparsers` gives has no public name.
Subcommands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Handler = Callable[[argparse.Namespace], int]
AddCommand = Callable[[Subcommands, str, Handler, str], argparse.ArgumentParser]


def add(subcommands: Subcommands, add_command: AddCommand) -> None:
    """Add `data` and its own subcommands to the parser.

    Args:
        subcommands: Where to.
        add_command: Takes subcommands, a name, a handler and a summary, and adds a command.
    """
    summary = "Make, fetch, check and look at data."
    command = subcommands.add_parser("data", help=summary, description=summary)
    parts = command.add_subparsers(required=True, metavar="WHAT")
    _add_make(parts, add_command)
    _add_fetch(parts, add_command)
    inspect = add_command(parts, "inspect", run_inspect, "Tell what is in a folder of images.")
    inspect.add_argument("data", metavar="DATA", help=DATA_HELP)
    add_layout(inspect)
    inspect.add_argument("--group-by", default="", metavar="REGEX", help=GROUP_HELP)
    sheet = add_command(parts, "sheet", run_sheet, "Write a picture of random images a class.")
    sheet.add_argument("data", metavar="DATA", help=DATA_HELP)
    add_layout(sheet)
    out_help = "picture to write"
    sheet.add_argument("--out", type=typed.path, required=True, metavar="FILE", help=out_help)
    sheet.add_argument("--draw", type=int, default=0, help="another number, other images (0)")


def add_layout(command: argparse.ArgumentParser) -> None:
    """Add the option that says how the folders of one data set are read."""
    command.add_argument("--layout", choices=config.LAYOUTS, default="", help=LAYOUT_HELP)


def run_make(chosen: argparse.Namespace) -> int:
    """Make synthetic photos; see `data make --help`."""
    from crackcls.cli import terminal
    from crackcls.datasets import catalogue

    labelled = catalogue.open_data(f"synthetic-{chosen.count}-{chosen.seed}")
    catalogue.ensure(labelled, terminal.Bars())
    return _tell(chosen, labelled)


def run_fetch(chosen: argparse.Namespace) -> int:
    """Fetch a published data set; see `data fetch --help`."""
    from crackcls.cli import terminal
    from crackcls.datasets.published import job as fetch_job
    from crackcls.datasets.published.sets import SETS
    from crackcls.labelled import list_images

    facts = SETS[chosen.name]
    print(facts.attribution, file=sys.stderr)
    folder = fetch_job.fetch(facts, terminal.Bars(), chosen.source, chosen.archive, chosen.folder)
    return 1 if folder is None else _tell(chosen, list_images(folder))


def run_inspect(chosen: argparse.Namespace) -> int:
    """Inspect data; see `data inspect --help`."""
    from crackcls.cli import terminal
    from crackcls.datasets import catalogue, inspection

    labelled = catalogue.open_data(chosen.data, chosen.layout, chosen.group_by)
    catalogue.ensure(labelled, terminal.Bars())
    found = inspection.inspect(labelled, terminal.Bars())
    classes, table = inspection.class_table(found), inspection.findings(found)
    left_out = inspection.left_out(labelled, found)
    value = {
        "layout": labelled.levels.said,
        "classes": json.loads(classes.to_json(orient="records")),
        "findings": table.to_dict("records"),
        "left_out": left_out.to_dict("records"),
        "passed_over": photo_files.reasons(found.passed_over),
    }
    tables = [one for one in (classes, table, left_out) if len(one)]
    parts = [terminal.table(one.to_numpy(), list(one.columns)) for one in tables]
    said = "\n".join(map(shown, labelled.levels.said))
    passed = "\n".join(photo_files.lines(found.passed_over))
    terminal.print_result(chosen.json, value, "\n\n".join(filter(None, [said, *parts, passed])))
    return 0


def run_sheet(chosen: argparse.Namespace) -> int:
    """Write a contact sheet; see `data sheet --help`."""
    from crackcls.cli import terminal
    from crackcls.datasets import catalogue, contact_sheet

    disk.check_file(chosen.out)
    labelled = catalogue.open_data(chosen.data, chosen.layout)
    counts: list[int] = []

    def write(to: Path) -> None:
        counts.append(contact_sheet.write_sheet(labelled, chosen.draw, to))

    status = terminal.save(chosen.out, write)
    if status == 0:
        about = {"file": str(chosen.out), "images": counts[0]}
        terminal.print_result(chosen.json, about, shown(chosen.out))
    return status


def _add_make(parts: Subcommands, add_command: AddCommand) -> None:
    command = add_command(parts, "make", run_make, "Make synthetic photos of concrete.")
    least, most = config.SYNTHETIC_COUNTS
    count_help = f"how many photos, {least:,} to {most:,} (%(default)s)"
    command.add_argument("--count", type=int, default=config.SYNTHETIC_COUNT, help=count_help)
    seed_help = "another number makes other photos (%(default)s)"
    command.add_argument("--seed", type=int, default=config.SYNTHETIC_SEED, help=seed_help)


def _add_fetch(parts: Subcommands, add_command: AddCommand) -> None:
    command = add_command(parts, "fetch", run_fetch, "Fetch published photos and check them.")
    command.add_argument("name", choices=SOURCES, help="the data set")
    ways = command.add_mutually_exclusive_group()
    of_each = "; ".join(f"{name}: {', '.join(sources)}" for name, sources in SOURCES.items())
    source_help = f"where from ({of_each}); without it, the first that works"
    any_source = [source for sources in SOURCES.values() for source in sources]
    ways.add_argument("--source", choices=any_source, metavar="SOURCE", help=source_help)
    ways.add_argument("--archive", type=typed.path, metavar="FILE", help="RAR or ZIP that you have")
    folder_help = "unpacked photos that you have"
    ways.add_argument("--folder", type=typed.path, metavar="DIR", help=folder_help)


def _tell(chosen: argparse.Namespace, labelled: "Labelled") -> int:
    from crackcls.cli import terminal

    about = {"folder": str(labelled.folder), "images": len(labelled.files)}
    told = f"{len(labelled.files):,} images in {shown(labelled.folder)}"
    terminal.print_result(chosen.json, about, told)
    return 0
