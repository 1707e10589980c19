"""The command line: `crackcls`, or `python -m crackcls` in a clone."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from crackcls import __version__, disk
from crackcls.cli import (
    app,
    compare,
    console,
    data,
    evaluate,
    export,
    label_errors,
    models,
    positive,
    predict,
    train,
)
from crackcls.cli.data import Handler, Subcommands
from crackcls.errors import InputError
from crackcls.names import shown
from crackcls.runs import leftovers
from crackcls.runs.shipped import install_shipped


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand.

    Args:
        arguments: The words after `python -m crackcls`; None takes them from the system.

    Returns:
        Exit status: 0 done, 1 done but for some files, 2 not done.
    """
    console.prepare()
    chosen = parser().parse_args(arguments)
    try:
        leftovers.clear()
        install_shipped()
        return chosen.run(chosen)
    except InputError as error:
        print(f"crackcls: {shown(error)} {shown(error.advice)}".rstrip(), file=sys.stderr)
        return 2
    except OSError as error:
        print(f"crackcls: {shown(disk.refusal(error))}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("crackcls: interrupted", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    """Build the parser of all subcommands."""
    called = Path(sys.argv[0]).stem
    top = argparse.ArgumentParser(
        called if called == "crackcls" else "python -m crackcls",
        description="Tell cracked concrete from sound concrete.",
    )
    top.add_argument("--version", action="version", version=f"crackcls {__version__}")
    subcommands = top.add_subparsers(required=True, metavar="COMMAND")
    train.add(subcommands, _add)
    models.add(subcommands, _add)
    evaluate.add(subcommands, _add)
    compare.add(subcommands, _add)
    label_errors.add(subcommands, _add)
    positive.add(subcommands, _add)
    predict.add(subcommands, _add)
    export.add(subcommands, _add)
    data.add(subcommands, _add)
    app.add(subcommands)
    return top


def _add(
    subcommands: Subcommands, name: str, run: Handler, summary: str
) -> argparse.ArgumentParser:
    command = subcommands.add_parser(name, help=summary, description=summary)
    command.add_argument("--json", action="store_true", help="print JSON for a machine")
    command.set_defaults(run=run)
    return command


if __name__ == "__main__":
    sys.exit(main())
