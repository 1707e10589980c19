"""The command line's part about evaluation: `evaluate`, `report`, `compare-splits`."""

import argparse
from collections.abc import Callable
from pathlib import Path

from crackcls import config, data_commands
from crackcls.errors import InputError


def add(subcommands, add_command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands to the parser; for `add_command` see `data_commands.add`."""
    _add_evaluate(subcommands, add_command)
    _add_report(subcommands, add_command)
    _add_compare_splits(subcommands, add_command)


def add_model(command: argparse.ArgumentParser) -> None:
    """Add the option that names a model."""
    model_help = "name of the model (%(default)s)"
    command.add_argument("--model", metavar="NAME", default=config.DEFAULT_MODEL, help=model_help)


def share(text: str) -> float:
    """Read a number of 0 to 1 from the command line."""
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"must be 0 to 1, received {text}")
    return value


def run_evaluate(chosen: argparse.Namespace) -> int:
    """Evaluate a model on labelled images; see `evaluate --help`."""
    from crackcls import datasets, evaluate, reporting, runs, terminal
    from crackcls.classifier import check_model
    from crackcls.files import write_atomically, write_csv

    check_model(runs.folder_of(chosen.model))
    labelled = datasets.open_data(chosen.data)
    judged = _evaluate(chosen, labelled)
    if judged is None:
        return 1
    table, report = judged
    if chosen.csv:
        write_csv(chosen.csv, table[evaluate.CSV_COLUMNS])
    if chosen.report:
        run = runs.read_run(runs.folder_of(chosen.model))
        page = reporting.html(run, labelled.name, table, report, config.THRESHOLD)
        write_atomically(chosen.report, page.encode())
    left_out = report["seen_left_out"]
    note = f"left out {left_out:,} images seen in training or validation\n" if left_out else ""
    terminal.print_result(chosen.json, report, note + terminal.report_lines(report))
    return int(report["unreadable"] > 0)


def run_report(chosen: argparse.Namespace) -> int:
    """Write the page of a kept evaluation; see `report --help`."""
    from crackcls import evaluations, reporting, runs, terminal
    from crackcls.files import write_atomically

    run = runs.read_run(runs.folder_of(chosen.model))
    known = {one.folder.name: one for one in evaluations.list_evaluations(run)}
    key = chosen.on or run.folder.name
    if key not in known:
        raise InputError(
            f"The evaluation must be one that is kept ({', '.join(known) or 'there is none'}), "
            f"received '{key}'. Make one by `evaluate --keep`."
        )
    table, report = evaluations.table_of(known[key]), evaluations.report_of(known[key])
    page = reporting.html(run, known[key].data, table, report, chosen.threshold)
    write_atomically(chosen.out, page.encode())
    terminal.print_result(chosen.json, {"file": str(chosen.out)}, str(chosen.out))
    return 0


def run_compare_splits(chosen: argparse.Namespace) -> int:
    """Compare the two splits with a model's settings; see `compare-splits --help`."""
    from crackcls import compare_splits, datasets, runs, terminal, train
    from crackcls.files import write_csv

    run = runs.read_run(runs.folder_of(chosen.model))
    labelled = datasets.open_data(chosen.data)
    datasets.ensure(labelled, terminal.Bars())
    settings = train.settings_of(run)
    table = compare_splits.compare(labelled, settings, range(chosen.seeds), terminal.Bars())
    write_csv(run.folder / compare_splits.FILE, table)
    summary = compare_splits.summary(table).round(4)
    terminal.print_result(
        chosen.json, table.to_dict("records"), terminal.table(summary.to_numpy(), list(summary))
    )
    return 0


def _add_evaluate(subcommands, add_command) -> None:
    summary = "Evaluate a model on labelled images that it has not seen."
    command = add_command(subcommands, "evaluate", run_evaluate, summary)
    add = command.add_argument
    add_model(command)
    add("--data", required=True, metavar="DATA", help=data_commands.DATA_HELP)
    add("--csv", type=Path, metavar="OUT", help="write file, actual, predicted, probability")
    report_help = "write figures and charts as one HTML page"
    add("--report", type=Path, metavar="OUT.html", help=report_help)
    keep_help = "keep the predictions beside the model, for the Evaluate page"
    add("--keep", action="store_true", help=keep_help)
    seen_help = "judge the images of training and validation too"
    add("--include-seen", action="store_true", help=seen_help)


def _add_report(subcommands, add_command) -> None:
    summary = "Write a kept evaluation as one HTML page."
    command = add_command(subcommands, "report", run_report, summary)
    add = command.add_argument
    add_model(command)
    add("--on", metavar="KEY", help="folder name of a kept evaluation (the model's own test part)")
    at_help = "probability from which the last class is called (%(default)s)"
    add("--threshold", type=share, metavar="T", default=config.THRESHOLD, help=at_help)
    add("--out", type=Path, required=True, metavar="FILE", help="page to write")


def _add_compare_splits(subcommands, add_command) -> None:
    summary = "Train on the random and on the grouped split, over several seeds."
    command = add_command(subcommands, "compare-splits", run_compare_splits, summary)
    add = command.add_argument
    add_model(command)
    add("--data", required=True, metavar="DATA", help=data_commands.DATA_HELP)
    add("--seeds", type=int, default=5, metavar="N", help="how many seeds, from 0 (%(default)s)")


def _evaluate(chosen: argparse.Namespace, labelled):
    """Give predictions and report; None where the job was stopped."""
    from crackcls import evaluating, evaluations, runs, terminal

    run = runs.read_run(runs.folder_of(chosen.model))
    if not chosen.keep:
        return evaluations.evaluate_on(run, labelled, chosen.include_seen, terminal.Bars())
    kept = evaluating.evaluate(run, labelled, chosen.include_seen, terminal.Bars())
    return kept and (evaluations.table_of(kept), evaluations.report_of(kept))
