"""The command line's part about taking a model away: `export`."""

import argparse

from crackcls import disk, typed
from crackcls.cli.data import AddCommand, Subcommands
from crackcls.names import shown


def add(subcommands: Subcommands, add_command: AddCommand) -> None:
    """Add the command to the parser; for `add_command` see `data.add`."""
    summary = "Pack a model into one ZIP, with a script that judges photos by it."
    command = add_command(subcommands, "export", run_export, summary)
    command.add_argument("model", metavar="MODEL", help="name of the model")
    out_help = "ZIP to write"
    command.add_argument("--out", type=typed.path, required=True, metavar="FILE", help=out_help)


def run_export(chosen: argparse.Namespace) -> int:
    """Write a model as a ZIP; see `export --help`."""
    from crackcls.cli import terminal
    from crackcls.files import write_atomically
    from crackcls.network import parcel
    from crackcls.network.classifier import check_model
    from crackcls.runs import folders

    check_model(folders.folder_of(chosen.model))
    disk.check_file(chosen.out)
    content = parcel.pack(folders.open_run(chosen.model))
    status = terminal.save(chosen.out, lambda to: write_atomically(to, content))
    if status == 0:
        terminal.print_result(chosen.json, {"file": str(chosen.out)}, shown(chosen.out))
    return status
