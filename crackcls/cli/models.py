"""The command line's part about what has been trained: `models`, `models add`, `runs`."""

import argparse
import sys

from crackcls import disk, typed
from crackcls.cli.data import AddCommand, Subcommands
from crackcls.errors import InputError
from crackcls.names import shown


def add(subcommands: Subcommands, add_command: AddCommand) -> None:
    """Add the commands to the parser; for `add_command` see `data.add`."""
    add_command(subcommands, "runs", run_runs, "List all runs, ended and running.")
    summary = "List the models and what they were trained on, or add one."
    command = add_command(subcommands, "models", run_models, summary)
    below = command.add_subparsers(metavar="add", help="add a model from a ZIP")
    add_summary = "Add a model from the ZIP that `export` has written."
    adding = add_command(below, "add", run_models_add, add_summary)
    adding.add_argument("file", type=typed.path, metavar="FILE", help="the ZIP")
    adding.add_argument("--name", required=True, help="name of the model here")


def run_models(chosen: argparse.Namespace) -> int:
    """List the models; see `models --help`."""
    from crackcls.classes.names import in_words
    from crackcls.cli import terminal
    from crackcls.evaluation import wording
    from crackcls.runs import folders, rates

    models = [
        {
            "name": run.name,
            "data": run.config["data"],
            "classes": run.model["classes"],
            "positive": wording.positive_of(run.model),
            **{name: run.config.get(name) for name in ("images", "split", "fine_tune")},
            **rates.tested(run.report),
        }
        for run in folders.list_models()
    ]
    heads = ["name", "data", "classes", "looked for", "images"]
    heads += ["split", "fine-tune", "test accuracy", "recall", "false alarms"]
    rows = [["-" if value is None else value for value in model.values()] for model in models]
    for row, model in zip(rows, models, strict=True):
        row[2] = ", ".join(in_words(model["classes"], model["positive"]).values())
        row[-3:] = [share if share == "-" else f"{share:.4f}" for share in row[-3:]]
    terminal.print_result(chosen.json, models, terminal.table(rows, heads))
    _tell_damage()
    return 0


def run_models_add(chosen: argparse.Namespace) -> int:
    """Add a model of elsewhere; see `models add --help`."""
    from crackcls.cli import terminal
    from crackcls.network import adopt

    disk.check(disk.MODELS)
    if not chosen.file.is_file():
        raise InputError(f"A model is added from a ZIP, and there is no file '{chosen.file}'.")
    with chosen.file.open("rb") as archive:
        left = adopt.add(archive, chosen.name)
    text = f"model {chosen.name}\n{adopt.MESSAGE}"
    text += f"\nleft out: {', '.join(map(shown, left))}" if left else ""
    terminal.print_result(chosen.json, {"name": chosen.name, "left_out": left}, text)
    return 0


def run_runs(chosen: argparse.Namespace) -> int:
    """List all runs; see `runs --help`."""
    from crackcls.cli import terminal
    from crackcls.runs import status

    table = status.runs_table()
    short = table.drop(columns="damage")
    terminal.print_result(
        chosen.json, table.to_dict("records"), terminal.table(short.to_numpy(), list(short.columns))
    )
    _tell_damage()
    return 0


def _tell_damage() -> None:
    """Say on standard error which files of runs are damaged; the list itself goes on."""
    from crackcls.runs import folders

    for sentence in folders.list_damage(folders.list_runs()):
        print(f"crackcls: {sentence}", file=sys.stderr)
