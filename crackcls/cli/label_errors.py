"""The command line's part about wrong labels: `label-errors`."""

import argparse
from collections.abc import Mapping
from typing import Any

from crackcls import disk, tables, typed
from crackcls.cli import data
from crackcls.cli.data import AddCommand, Subcommands
from crackcls.cli.evaluate import add_model
from crackcls.names import shown

FOLDS = 5
SUGGESTIONS = "These are suggestions. A person decides, by looking, which labels are wrong."


def add(subcommands: Subcommands, add_command: AddCommand) -> None:
    """Add the command to the parser; for `add_command` see `data.add`."""
    summary = "List the images whose label is likely wrong, for a person to decide."
    command = add_command(subcommands, "label-errors", run_label_errors, summary)
    add = command.add_argument
    add_model(command)
    add("--data", required=True, metavar="DATA", help=data.DATA_HELP)
    data.add_layout(command)
    folds_help = "trainings, each of which judges the images that it did not see (%(default)s)"
    add("--folds", type=int, default=FOLDS, metavar="N", help=folds_help)
    add("--csv", type=typed.path, metavar="OUT", help="write the list here too, as CSV or .xlsx")


def run_label_errors(chosen: argparse.Namespace) -> int:
    """Look for wrong labels with a model's settings; see `label-errors --help`."""
    from crackcls.cli import terminal
    from crackcls.datasets import catalogue
    from crackcls.evaluation import label_errors, wording
    from crackcls.runs import folders
    from crackcls.training import label_errors as search

    if chosen.csv:
        disk.check_file(chosen.csv)
    run = folders.read_run(folders.folder_of(chosen.model))
    labelled = catalogue.open_data(chosen.data, chosen.layout)
    found = search.find(run, labelled, chosen.folds, terminal.Bars())
    if found is None:
        return 1
    table, about = label_errors.table_of(found), label_errors.about_of(found)
    names, status = label_errors.called(about), 0
    if chosen.csv:
        said = wording.table_in_words(table, names)
        status = terminal.save(chosen.csv, lambda to: tables.write(to, said))
    file = str(found.folder / label_errors.FILE)
    value = {**about, "file": file, "suggestions": table.to_dict("records")}
    terminal.print_result(chosen.json, value, _in_lines(about, names, file))
    return status


def _in_lines(about: dict[str, Any], names: Mapping[str, str], file: str) -> str:
    from crackcls.cli import terminal

    rows = [
        [names[name], count, wrong, f"{wrong / count:.1%}"]
        for name, one in about["per_class"].items()
        for count, wrong in [(one["images"], one["likely_wrong"])]
    ]
    heads = ["class", "images", "likely wrong", "share"]
    return f"{terminal.table(rows, heads)}\n\n{SUGGESTIONS}\n{shown(file)}"
