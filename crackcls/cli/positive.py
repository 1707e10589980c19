"""The command line's part about the class looked for: `positive`, and a question of `train`."""

import argparse
import sys
from collections.abc import Sequence

from crackcls.cli import evaluate
from crackcls.cli.data import AddCommand, Subcommands
from crackcls.names import shown


def add(subcommands: Subcommands, add_command: AddCommand) -> None:
    """Add the command to the parser; for `add_command` see `data.add`."""
    summary = "Tell which class a model looks for, or let it look for the other one."
    command = add_command(subcommands, "positive", run_positive, summary)
    command.add_argument("name", nargs="?", metavar="CLASS", help="the class to look for")
    evaluate.add_model(command)


def run_positive(chosen: argparse.Namespace) -> int:
    """Tell or change the class looked for; see `positive --help`."""
    from crackcls.cli import terminal
    from crackcls.evaluation import aim
    from crackcls.network.classifier import check_model
    from crackcls.runs import folders

    folder = folders.folder_of(chosen.model)
    check_model(folder)
    run = folders.read_run(folder)
    if chosen.name is not None:
        aim.change(run, chosen.name)
    elif caution := aim.caution(run):
        terminal.say(shown(caution), sys.stderr)
    found = aim.positive_of(run)
    value = {"model": chosen.model, "positive": found}
    terminal.print_result(chosen.json, value, shown(found or "none of more than two classes"))
    return 0


def ask(classes: Sequence[str], said: str | None) -> str | None:
    """Ask for the class looked for on a terminal, where the names of two classes do not tell.

    Args:
        classes: Class names.
        said: What `--positive` says; None where it says nothing.

    Returns:
        The class; None where it is not said and nobody can be asked.
    """
    from crackcls.classes.names import guess_positive

    if said is not None or len(classes) != 2 or guess_positive(classes):
        return said
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    listed = " or ".join(f"{number} ({shown(name)})" for number, name in enumerate(classes, 1))
    while True:
        print(f"Which class is looked for, {listed}? ", end="", file=sys.stderr, flush=True)
        answer = sys.stdin.readline().strip()
        if answer in ("", *classes):
            return answer or None
        if answer in ("1", "2"):
            return classes[int(answer) - 1]
