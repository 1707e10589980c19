"""The command line: `python -m crackcls`."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from crackcls import config, data_commands, evaluate_commands
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
    _add_predict(subcommands)
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
        limit=chosen.limit,
    )
    name = chosen.name or runs.free_name(datasets.folder_of(chosen.data))
    return _print_trained(chosen, name, train.train(labelled, settings, name, terminal.Bars()))


def run_predict(chosen: argparse.Namespace) -> int:
    """Judge photos; see `predict --help`."""
    import pandas as pd

    from crackcls import photo, runs, terminal
    from crackcls.classifier import load_model
    from crackcls.files import write_csv

    classifier = load_model(runs.folder_of(chosen.model), threads=1)
    files = list(_photo_files(chosen.paths))
    rows, failed = [], {}
    verdicts = _with_bar(photo.judge_files(files, classifier), "predicting", files)
    for file, verdict in zip(files, verdicts, strict=True):
        if isinstance(verdict, InputError):
            failed[str(file)] = str(verdict)
            _complain(str(file), verdict)
        else:
            rows.append((str(file), verdict.label, verdict.probability))
    table = pd.DataFrame(rows, columns=["file", "verdict", "probability"])
    if chosen.csv:
        write_csv(chosen.csv, table)
    lines = [f"{file}: {label} ({probability:.1%})" for file, label, probability in rows]
    records = table.to_dict("records")
    terminal.print_result(chosen.json, {"photos": records, "failed": failed}, "\n".join(lines))
    return int(bool(failed))


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
    add("--limit", type=int, metavar="N", help="use N images, each class in its share (all)")


def _add_predict(subcommands) -> None:
    command = _add(subcommands, "predict", run_predict, "Judge photos with a model.")
    command.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="photo or folder")
    evaluate_commands.add_model(command)
    csv_help = "write file, verdict, probability (of the verdict)"
    command.add_argument("--csv", type=Path, metavar="OUT", help=csv_help)


def _print_trained(chosen: argparse.Namespace, name: str, report: dict | None) -> int:
    from crackcls import terminal

    if report is None:
        print(f"stopped; go on with `train --resume {name}`", file=sys.stderr)
        return 1
    terminal.print_result(
        chosen.json, {"name": name, **report}, f"model {name}\n{terminal.report_lines(report)}"
    )
    return 0


def _photo_files(paths: Sequence[Path]) -> Iterator[Path]:
    """Give files as they are, and of folders every file with a photo's ending."""
    for path in paths:
        if path.is_dir():
            inside = sorted(path.rglob("*"))
            yield from (p for p in inside if p.suffix.lower() in config.PHOTO_SUFFIXES)
        else:
            yield path


def _with_bar(rows, phase: str, files: Sequence):
    from tqdm import tqdm

    return tqdm(rows, phase, len(files), unit=" images", disable=None)


def _complain(file: str, reason: InputError) -> None:
    print(f"{file}: {reason}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
