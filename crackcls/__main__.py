"""The command line: `python -m crackcls`."""

import argparse
import sys
from collections.abc import Sequence

from crackcls import config, data_commands, evaluate_commands, predict_commands
from crackcls.errors import InputError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand.

    Args:
        arguments: The words after `python -m crackcls`; None takes them from the system.

    Returns:
        Exit status: 0 done, 1 done but for some files, 2 not done.
    """
    chosen = parser().parse_args(arguments)
    try:
        return chosen.run(chosen)
    except InputError as error:
        print(f"crackcls: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("crackcls: interrupted", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    """Build the parser of all subcommands."""
    top = argparse.ArgumentParser(
        "python -m crackcls", description="Tell cracked concrete from sound concrete."
    )
    subcommands = top.add_subparsers(required=True, metavar="COMMAND")
    _add_train(subcommands)
    evaluate_commands.add(subcommands, _add)
    predict_commands.add(subcommands, _add)
    data_commands.add(subcommands, _add)
    _add(subcommands, "models", run_models, "List the models and what they were trained on.")
    _add(subcommands, "runs", run_runs, "List all runs, ended and running.")
    return top


def run_train(chosen: argparse.Namespace) -> int:
    """Train a model; see `train --help`."""
    from crackcls import datasets, runs, terminal, train

    if chosen.resume:
        report = train.resume(chosen.resume, terminal.Bars())
        return _print_trained(chosen, chosen.resume, report)
    labelled = datasets.open_data(chosen.data)
    rate = chosen.learning_rate or config.FINE_TUNE_LEARNING_RATES[chosen.fine_tune]
    settings = config.TrainConfig(
        epochs=chosen.epochs,
        batch_size=chosen.batch_size,
        image_size=chosen.image_size,
        learning_rate=rate,
        split=chosen.split,
        seed=chosen.seed,
        fine_tune=chosen.fine_tune,
        precision=chosen.precision or config.FINE_TUNE_PRECISIONS[chosen.fine_tune][0],
        limit=chosen.limit,
    )
    name = chosen.name or runs.free_name(datasets.folder_of(chosen.data))
    return _print_trained(chosen, name, train.train(labelled, settings, name, terminal.Bars()))


def run_models(chosen: argparse.Namespace) -> int:
    """List the models; see `models --help`."""
    from crackcls import runs, terminal

    models = [
        {
            "name": run.name,
            "data": run.config["data"],
            "classes": run.config["classes"],
            "images": run.config["images"],
            "split": run.config["split"],
            "fine_tune": run.config["fine_tune"],
            "test_accuracy": run.report["accuracy"] if run.report else None,
        }
        for run in runs.list_models()
    ]
    heads = ["name", "data", "classes", "images", "split", "fine-tune", "test accuracy"]
    rows = [[*m.values()] for m in models]
    for row in rows:
        row[2], row[-1] = ", ".join(row[2]), f"{row[-1]:.4f}" if row[-1] is not None else "-"
    terminal.print_result(chosen.json, models, terminal.table(rows, heads))
    return 0


def run_runs(chosen: argparse.Namespace) -> int:
    """List all runs; see `runs --help`."""
    from crackcls import status, terminal

    table = status.runs_table()
    terminal.print_result(
        chosen.json, table.to_dict("records"), terminal.table(table.to_numpy(), list(table))
    )
    return 0


def _add(subcommands, name: str, run, summary: str) -> argparse.ArgumentParser:
    command = subcommands.add_parser(name, help=summary, description=summary)
    command.add_argument("--json", action="store_true", help="print JSON for a machine")
    command.set_defaults(run=run)
    return command


def _add_train(subcommands) -> None:
    default = config.TrainConfig()
    command = _add(subcommands, "train", run_train, "Train a model on a folder of images.")
    add = command.add_argument
    source = command.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", metavar="DATA", help=data_commands.DATA_HELP)
    resume_help = "go on with a run that ended before its time, with its settings"
    source.add_argument("--resume", metavar="NAME", help=resume_help)
    add("--name", help="name of the model (the data folder's name and a number)")
    add("--epochs", type=int, default=default.epochs, help="passes over the images (%(default)s)")
    add("--batch-size", type=int, default=default.batch_size, help="images a step (%(default)s)")
    sizes = ", ".join(map(str, config.IMAGE_SIZES))
    image_size_help = f"side of the model's input in pixels: {sizes} (%(default)s)"
    add("--image-size", type=int, default=default.image_size, help=image_size_help)
    add("--learning-rate", type=float, help="step length of Adam (head: 1e-4, top: 1e-5)")
    split_help = "grouped keeps near copies in one part, random does not (%(default)s)"
    add("--split", choices=config.SPLIT_MODES, default=default.split, help=split_help)
    add("--seed", type=int, default=default.seed, help="fixes split and order (%(default)s)")
    tune_help = "train the head only, or blocks 13-16 and Conv_1 too (%(default)s)"
    choices = tuple(config.FINE_TUNE_LEARNING_RATES)
    add("--fine-tune", choices=choices, default=default.fine_tune, help=tune_help)
    precision_help = "numbers that the frozen part computes with (head: int8, top: float32)"
    add("--precision", choices=config.PRECISIONS, help=precision_help)
    add("--limit", type=int, metavar="N", help="use N images, each class in its share (all)")


def _print_trained(chosen: argparse.Namespace, name: str, report: dict | None) -> int:
    from crackcls import terminal

    if report is None:
        print(f"stopped; go on with `train --resume {name}`", file=sys.stderr)
        return 1
    terminal.print_result(
        chosen.json, {"name": name, **report}, f"model {name}\n{terminal.report_lines(report)}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
