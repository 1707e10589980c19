"""The command line's part about training: `train`."""

import argparse
import sys
from collections.abc import Mapping
from typing import Any, TypeVar

from crackcls import config, typed
from crackcls.cli import data, judges, positive, sets
from crackcls.cli.data import AddCommand, Subcommands

T = TypeVar("T")


def add(subcommands: Subcommands, add_command: AddCommand) -> None:
    """Add the command to the parser; for `add_command` see `data.add`."""
    default = config.TrainConfig()
    command = add_command(subcommands, "train", run_train, "Train a model on a folder of images.")
    add = command.add_argument
    source = command.add_mutually_exclusive_group(required=True)
    data_help = f"{data.DATA_HELP}; or NAME=DATA; repeat it to train on several"
    source.add_argument("--data", action="append", metavar="DATA", help=data_help)
    resume_help = "go on with a run that ended before its time, with its settings"
    source.add_argument("--resume", metavar="NAME", help=resume_help)
    sets.add(command)
    add("--name", help="name of the model (the data folder's name and a number)")
    positive_help = "the class that is looked for, of two whose names do not tell it"
    add("--positive", metavar="CLASS", help=positive_help)
    add("--epochs", type=int, help=f"passes over the images ({_each(config.FINE_TUNE_EPOCHS)})")
    batch_help = f"images a step ({_each(config.FINE_TUNE_BATCH_SIZES)})"
    add("--batch-size", type=int, help=batch_help)
    sizes = ", ".join(map(str, config.IMAGE_SIZES))
    image_size_help = f"side of the model's input in pixels: {sizes} (%(default)s)"
    add("--image-size", type=int, default=default.image_size, help=image_size_help)
    rate_help = f"step length of Adam ({_each(config.FINE_TUNE_LEARNING_RATES)})"
    add("--learning-rate", type=float, help=rate_help)
    split_help = "grouped keeps near copies in one part, random does not, given keeps the parts "
    split_help += "that the data's folders give (%(default)s)"
    add("--split", choices=config.SPLIT_MODES, default=default.split, help=split_help)
    add("--seed", type=int, default=default.seed, help="fixes split and order (%(default)s)")
    tune_help = "train the head only, blocks 13-16 and Conv_1 too, or all (%(default)s)"
    choices = tuple(config.FINE_TUNE_LEARNING_RATES)
    add("--fine-tune", choices=choices, default=default.fine_tune, help=tune_help)
    precision_help = "numbers that the model computes with (head: int8, top: float32, all: int8)"
    add("--precision", choices=config.PRECISIONS, help=precision_help)
    weights_help = "balanced lets each class count alike, however rare it is (%(default)s)"
    choices = config.CLASS_WEIGHTS
    add("--class-weights", choices=choices, default=default.class_weights, help=weights_help)
    add("--limit", type=int, metavar="N", help="use N images, each class in its share (all)")
    minutes_help = "stop after N minutes as if asked to (never)"
    add("--minutes", type=int, metavar="N", help=minutes_help)
    without_help = "leave out of training and validation what a list names; repeat it for several"
    add("--without", action="append", type=typed.path, default=[], metavar="CSV", help=without_help)
    judges.add_ray(command, "run the frozen part")


def run_train(chosen: argparse.Namespace) -> int:
    """Train a model; see `train --help`."""
    from crackcls.cli import terminal
    from crackcls.datasets import several
    from crackcls.network.prefix import rows_here
    from crackcls.runs import folders
    from crackcls.training import job as training_job

    rows_of = judges.prefix_by_ray(chosen.ray) if chosen.ray else rows_here
    if chosen.resume:
        report = training_job.resume(chosen.resume, terminal.Bars(), rows_of)
        return _print_trained(chosen, chosen.resume, report)
    labelled = several.open_sources(sets.sources_of(chosen))
    fine_tune = chosen.fine_tune
    settings = config.TrainConfig(
        epochs=_or(chosen.epochs, config.FINE_TUNE_EPOCHS[fine_tune]),
        batch_size=_or(chosen.batch_size, config.FINE_TUNE_BATCH_SIZES[fine_tune]),
        image_size=chosen.image_size,
        learning_rate=_or(chosen.learning_rate, config.FINE_TUNE_LEARNING_RATES[fine_tune]),
        split=chosen.split,
        seed=chosen.seed,
        fine_tune=fine_tune,
        precision=chosen.precision or config.FINE_TUNE_PRECISIONS[fine_tune][0],
        class_weights=chosen.class_weights,
        limit=chosen.limit,
        minutes=chosen.minutes,
        positive=positive.ask(labelled.classes, chosen.positive),
    )
    name = chosen.name or folders.free_name(labelled.folder)
    bars = terminal.Bars()
    report = training_job.train(labelled, settings, name, bars, chosen.without, rows_of)
    return _print_trained(chosen, name, report)


def _or(chosen: T | None, default: T) -> T:
    return default if chosen is None else chosen


def _each(defaults: Mapping[str, float]) -> str:
    """Say the default of each kind of fine-tuning."""
    return ", ".join(f"{name}: {value:g}" for name, value in defaults.items())


def _print_trained(chosen: argparse.Namespace, name: str, report: dict[str, Any] | None) -> int:
    from crackcls.cli import terminal
    from crackcls.network import how
    from crackcls.runs import folders

    if report is None:
        print(f"stopped; go on with `train --resume {name}`", file=sys.stderr)
        return 1
    said = how.of_model(folders.folder_of(name))
    text = f"model {name}\n{said}\n{terminal.report_lines(report)}"
    terminal.print_result(chosen.json, {"name": name, "judged": said, **report}, text)
    return 0
