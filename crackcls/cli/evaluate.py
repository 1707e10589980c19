"""The command line's part about evaluation: `evaluate`, `report`, `compare-splits`."""

import argparse
from typing import TYPE_CHECKING, Any

from crackcls import config, disk, tables, typed
from crackcls.addresses import Address, is_address
from crackcls.cli import data, judges, sets
from crackcls.cli.data import AddCommand, Subcommands
from crackcls.errors import InputError
from crackcls.names import shown

if TYPE_CHECKING:
    import pandas as pd

    from crackcls.labelled import Labelled


def add(subcommands: Subcommands, add_command: AddCommand) -> None:
    """Add the commands to the parser; for `add_command` see `data.add`."""
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
    from crackcls.cli import terminal
    from crackcls.datasets import catalogue, stores
    from crackcls.evaluation import page, sources, wording
    from crackcls.evaluation.report import CSV_COLUMNS
    from crackcls.evaluation.verdicts import VERDICT
    from crackcls.files import write_atomically
    from crackcls.network import how
    from crackcls.network.classifier import check_model
    from crackcls.runs import folders

    check_model(folders.folder_of(chosen.model))
    for out in filter(None, (chosen.csv, chosen.report)):
        disk.check_file(out)
    is_stored = is_address(chosen.data)
    source = stores.fetch(Address(chosen.data), terminal.Bars()) if is_stored else chosen.data
    labelled = catalogue.open_data(source, chosen.layout)
    judged = _evaluate(chosen, labelled)
    if judged is None:
        return 1
    table, report = judged
    status = int(report["unreadable"] > 0)
    if chosen.csv:
        columns = [*CSV_COLUMNS, *(name for name in (VERDICT,) if name in table)]
        named = wording.table_in_words(table[columns], wording.called(report))
        status |= terminal.save(chosen.csv, lambda to: tables.write(to, named))
    if chosen.report:
        run = folders.open_run(chosen.model)
        images = sources.Images(labelled.places)
        content = page.evaluation_page(run, labelled.name, table, report, config.THRESHOLD, images)
        status |= terminal.save(chosen.report, lambda to: write_atomically(to, content.encode()))
    said = how.of_model(folders.folder_of(chosen.model))
    notes = [matched] if (matched := wording.matched_in_words(report)) else []
    if left_out := report["seen_left_out"]:
        notes.append(f"left out {left_out:,} images seen in training or validation")
    lines = [said, *map(shown, notes), terminal.report_lines(report)]
    terminal.print_result(chosen.json, {"judged": said, **report}, "\n".join(lines))
    return status


def run_report(chosen: argparse.Namespace) -> int:
    """Write the page of a kept evaluation; see `report --help`."""
    from crackcls.cli import terminal
    from crackcls.evaluation import page, sources, store
    from crackcls.files import write_atomically
    from crackcls.runs import folders

    disk.check_file(chosen.out)
    run = folders.open_run(chosen.model)
    found, damage = store.look(run)
    known = {one.folder.name: one for one in found}
    key = chosen.on or run.folder.name
    if key not in known:
        for sentence in (*run.damage.values(), *damage):
            if f"'{key}/" in sentence:
                raise InputError(sentence)
        raise InputError(
            f"The evaluation must be one that is kept ({', '.join(known) or 'there is none'}), "
            f"received '{key}'. Make one by `evaluate --keep`."
        )
    table, report = store.table_of(known[key]), store.report_of(known[key])
    images, at = sources.images_of(known[key]), chosen.threshold
    content = page.evaluation_page(run, known[key].data, table, report, at, images)
    status = terminal.save(chosen.out, lambda to: write_atomically(to, content.encode()))
    if status == 0:
        terminal.print_result(chosen.json, {"file": str(chosen.out)}, shown(chosen.out))
    return status


def run_compare_splits(chosen: argparse.Namespace) -> int:
    """Compare the two splits with a model's settings; see `compare-splits --help`."""
    from crackcls.cli import terminal
    from crackcls.datasets import catalogue
    from crackcls.evaluation import splits
    from crackcls.files import write_csv
    from crackcls.runs import folders
    from crackcls.training import compare_splits
    from crackcls.training import job as training_job

    run = folders.open_run(chosen.model)
    disk.check(disk.MODELS, disk.CACHE)
    labelled = catalogue.open_data(chosen.data, chosen.layout)
    catalogue.ensure(labelled, terminal.Bars())
    settings = training_job.settings_of(run)
    table = compare_splits.compare(labelled, settings, range(chosen.seeds), terminal.Bars())
    write_csv(run.folder / splits.FILE, table)
    summary = splits.summary(table).round(4)
    terminal.print_result(
        chosen.json,
        table.to_dict("records"),
        terminal.table(summary.to_numpy(), list(summary.columns)),
    )
    return 0


def _add_evaluate(subcommands: Subcommands, add_command: AddCommand) -> None:
    summary = "Evaluate a model on labelled images that it has not seen."
    command = add_command(subcommands, "evaluate", run_evaluate, summary)
    add = command.add_argument
    add_model(command)
    add("--data", required=True, metavar="DATA", help=data.JUDGED_HELP)
    data.add_layout(command)
    map_help = "the model's class that a class folder is, where names do not tell; repeat it"
    sets.add_pairs(command, "--map", "FOLDER=CLASS", str, map_help)
    csv_help = "write file, actual, predicted, probability, as CSV or .xlsx"
    add("--csv", type=typed.path, metavar="OUT", help=csv_help)
    report_help = "write figures and charts as one HTML page"
    add("--report", type=typed.path, metavar="OUT.html", help=report_help)
    keep_help = "keep the predictions beside the model, for the Evaluate page"
    add("--keep", action="store_true", help=keep_help)
    seen_help = "judge the images of training and validation too"
    add("--include-seen", action="store_true", help=seen_help)
    judges.add_ray(command)


def _add_report(subcommands: Subcommands, add_command: AddCommand) -> None:
    summary = "Write a kept evaluation as one HTML page."
    command = add_command(subcommands, "report", run_report, summary)
    add = command.add_argument
    add_model(command)
    add("--on", metavar="KEY", help="folder name of a kept evaluation (the model's own test part)")
    at_help = "probability from which the class looked for is called (%(default)s)"
    add("--threshold", type=share, metavar="T", default=config.THRESHOLD, help=at_help)
    add("--out", type=typed.path, required=True, metavar="FILE", help="page to write")


def _add_compare_splits(subcommands: Subcommands, add_command: AddCommand) -> None:
    summary = "Train on the random and on the grouped split, over several seeds."
    command = add_command(subcommands, "compare-splits", run_compare_splits, summary)
    add = command.add_argument
    add_model(command)
    add("--data", required=True, metavar="DATA", help=data.DATA_HELP)
    data.add_layout(command)
    add("--seeds", type=int, default=5, metavar="N", help="how many seeds, from 0 (%(default)s)")


def _evaluate(
    chosen: argparse.Namespace, labelled: "Labelled"
) -> tuple["pd.DataFrame", dict[str, Any]] | None:
    """Give predictions and report; None where the job was stopped."""
    from crackcls.cli import terminal
    from crackcls.evaluation import job as evaluation_job
    from crackcls.evaluation import store
    from crackcls.photos import rows
    from crackcls.runs import folders

    stored = Address(chosen.data) if is_address(chosen.data) else None
    judge = judges.rows_by_ray(chosen.ray, stored) if chosen.ray else rows.judge
    run = folders.open_run(chosen.model)
    seen, said = chosen.include_seen, dict(chosen.map)
    if not chosen.keep:
        return store.evaluate_on(run, labelled, seen, judge, terminal.Bars(), said)
    kept = evaluation_job.evaluate([run], labelled, seen, judge, terminal.Bars(), [said])
    return (store.table_of(kept[0]), store.report_of(kept[0])) if kept else None
