"""The command line's part about taking a model away: `export`."""

import argparse

from crackcls import disk, typed
from crackcls.cli.data import AddCommand, Subcommands
from crackcls.errors import InputError
from crackcls.names import shown

# The first word of `export` where a page is written; a model of this name can be packed too.
WEB = "web"


def add(subcommands: Subcommands, add_command: AddCommand) -> None:
    """Add the command to the parser; for `add_command` see `data.add`."""
    summary = "Pack a model into one ZIP, or write a page that judges photos in the browser."
    command = add_command(subcommands, "export", run_export, summary)
    command.usage = (
        f"{command.prog} MODEL --out FILE\n       {command.prog} {WEB} DIR [--model NAME]"
    )
    command.add_argument("model", metavar="MODEL", help=f"model to pack, or the word {WEB}")
    folder_help = f"after the word {WEB}: folder to write the page to"
    add = command.add_argument
    add("folder", nargs="?", type=typed.path, metavar="DIR", help=folder_help)
    add("--out", type=typed.path, metavar="FILE", help="ZIP to write")
    add("--model", dest="of", metavar="NAME", help="model of the page (the one in use)")
    runtime_help = "LiteRT's package for browsers, where npm cannot fetch it"
    add("--runtime", type=typed.path, metavar="FILE", help=runtime_help)


def run_export(chosen: argparse.Namespace) -> int:
    """Write a model as a ZIP, or a page; see `export --help`."""
    if chosen.folder is None:
        return _pack(chosen)
    return _write_page(chosen)


def _pack(chosen: argparse.Namespace) -> int:
    from crackcls.cli import terminal
    from crackcls.files import write_atomically
    from crackcls.network import parcel
    from crackcls.network.classifier import check_model
    from crackcls.runs import folders

    if chosen.out is None:
        raise InputError(
            "An export must go somewhere, and neither a file nor a folder was named.",
            f"Add --out FILE for a ZIP, or write `export {WEB} DIR` for a page.",
        )
    check_model(folders.folder_of(chosen.model))
    disk.check_file(chosen.out)
    content = parcel.pack(folders.open_run(chosen.model))
    status = terminal.save(chosen.out, lambda to: write_atomically(to, content))
    if status == 0:
        terminal.print_result(chosen.json, {"file": str(chosen.out)}, shown(chosen.out))
    return status


def _write_page(chosen: argparse.Namespace) -> int:
    from crackcls.cli import terminal
    from crackcls.network.classifier import check_model
    from crackcls.runs import folders
    from crackcls.web import export

    if chosen.model != WEB or chosen.out is not None:
        received = chosen.model if chosen.model != WEB else f"{WEB} and --out"
        raise InputError(
            f"A page is written by `export {WEB} DIR` and a ZIP by `export MODEL --out FILE`, "
            f"received a folder and {received!r}."
        )
    name = chosen.of or folders.in_use()
    check_model(folders.folder_of(name))
    export.check_folder(chosen.folder)
    disk.check_folder(chosen.folder.absolute().parent)
    with disk.refusing(chosen.folder):
        export.write(folders.open_run(name), chosen.folder, chosen.runtime)
    terminal.print_result(chosen.json, {"folder": str(chosen.folder)}, shown(chosen.folder))
    return 0
