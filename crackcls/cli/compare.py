"""The command line's part about models on the same images: `compare`."""

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from crackcls.cli import data, sets
from crackcls.cli.data import AddCommand, Subcommands
from crackcls.cli.evaluate import add_model
from crackcls.errors import InputError
from crackcls.names import shown

if TYPE_CHECKING:
    import pandas as pd

    from crackcls.evaluation.compare import Difference
    from crackcls.runs.folders import Run


def add(subcommands: Subcommands, add_command: AddCommand) -> None:
    """Add the command to the parser; for `add_command` see `data.add`."""
    summary = "Judge two models or more on the same labelled images, which none has seen."
    command = add_command(subcommands, "compare", run_compare, summary)
    add = command.add_argument
    add_model(command)
    with_help = "name of the second model; repeat it for a third"
    add("--with", required=True, action="append", metavar="NAME", dest="others", help=with_help)
    add("--data", required=True, metavar="DATA", help=data.JUDGED_HELP)
    data.add_layout(command)
    map_help = "the first model's class that a class folder is; repeat it"
    sets.add_pairs(command, "--map", "FOLDER=CLASS", str, map_help)
    keep_help = "keep the predictions beside each model, for the Evaluate page"
    add("--keep", action="store_true", help=keep_help)


def run_compare(chosen: argparse.Namespace) -> int:
    """Compare two models; see `compare --help`."""
    from crackcls.cli import terminal
    from crackcls.evaluation import compare, side_by_side, wording
    from crackcls.network import how
    from crackcls.runs import folders

    runs = [folders.open_run(name) for name in (chosen.model, *chosen.others)]
    _check(runs)
    tables = _judged(chosen, runs)
    if tables is None:
        return 1
    positive = wording.aim_of(runs[0].model)[1]
    figures = compare.figures(tables, positive)
    if len(runs) > 2:
        told, lines = side_by_side.ranked(figures), []
        found = {}
    else:
        names = runs[0].name, runs[1].name
        found = compare.differences(tables[names[0]], tables[names[1]], positive)
        told = side_by_side.table_of(names, found)
        lines = [shown(side_by_side.sentence(names, found["accuracy"]))]
    said = [f"{run.name}: {how.of_model(run.folder)}" for run in runs]
    lines = [*said, terminal.table(told.to_numpy(), list(told.columns)), *lines]
    value = {
        "models": figures.to_dict("records"),
        "differences": {name: _in_numbers(one) for name, one in found.items()},
    }
    terminal.print_result(chosen.json, value, "\n".join(lines))
    return 0


def _check(runs: "list[Run]") -> None:
    from crackcls.evaluation import wording

    one = runs[0]
    for at, other in enumerate(runs[1:], 1):
        if other.name in {run.name for run in runs[:at]}:
            raise InputError(f"Models must differ to be compared, received '{other.name}' twice.")
        if wording.aim_of(one.model) != wording.aim_of(other.model):
            raise InputError(
                "Compared models must tell the same classes apart and look for the same one, and "
                f"'{one.name}' and '{other.name}' do not. Choose another model."
            )


def _judged(chosen: argparse.Namespace, runs: "list[Run]") -> "dict[str, pd.DataFrame] | None":
    """Give each model's predictions in words; None where the job was stopped."""
    from crackcls.cli import terminal
    from crackcls.datasets import catalogue
    from crackcls.evaluation import job, store, wording
    from crackcls.photos.rows import judge

    labelled = catalogue.open_data(chosen.data, chosen.layout)
    said = dict(chosen.map)
    first = runs[0].model
    mapped = [said, *(wording.translated(said, first, run.model) for run in runs[1:])]
    if chosen.keep:
        kept = job.evaluate(runs, labelled, False, judge, terminal.Bars(), mapped)
        if kept is None:
            return None
        raw = [store.table_of(one) for one in kept]
    else:
        raw = [
            store.evaluate_on(run, labelled, False, judge, terminal.Bars(), of)[0]
            for run, of in zip(runs, mapped, strict=True)
        ]
    return {
        run.name: wording.table_in_words(table, wording.called(run.model))
        for run, table in zip(runs, raw, strict=True)
    }


def _in_numbers(one: "Difference") -> dict[str, object]:
    low, high = one.interval
    return {**asdict(one), "difference": one.share, "low": low, "high": high, "p": one.p_value}
