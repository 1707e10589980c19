"""The command line's part about pages: `app`."""

import argparse
import os
import runpy
import sys
from pathlib import Path

from crackcls import config, disk, memory
from crackcls.access import modes, owner
from crackcls.cli.data import Subcommands
from crackcls.names import shown
from crackcls.runs import shipped

FOLDERS = ("CRACKCLS_MODELS", "CRACKCLS_CACHE", "CRACKCLS_DATA")
THIS_MACHINE, EVERYWHERE = "localhost", "0.0.0.0"


def add(subcommands: Subcommands) -> None:
    """Add the command to the parser."""
    summary = "Open the app in a browser."
    command = subcommands.add_parser("app", help=summary, description=summary)
    command.add_argument("--port", type=int, default=8501, help="port of the server (%(default)s)")
    command.add_argument("--mode", help="whom it serves: own (default), class or demo")
    address_help = "address to listen at (own: this machine alone; class, demo: all of its own)"
    command.add_argument("--address", help=address_help)
    browser_help = "serve the app and open no browser"
    command.add_argument("--no-browser", action="store_true", help=browser_help)
    command.set_defaults(run=run_app)


def run_app(chosen: argparse.Namespace) -> int:
    """Serve the app until it is interrupted; see `app --help`."""
    if chosen.mode is not None:
        os.environ["CRACKCLS_MODE"] = modes.check_mode(chosen.mode)
    owner.check()
    memory.check()
    address = chosen.address or usual_address()
    for name in FOLDERS:
        if named := os.environ.get(name):
            os.environ[name] = str(Path(named).absolute())
    if os.environ.get("CRACKCLS_MODELS"):
        add_shipped()
    # Streamlit reads .streamlit/config.toml from the folder it is started in.
    os.chdir(config.PROJECT)
    options = {"--server.port": str(chosen.port), "--server.address": address}
    sys.argv = ["streamlit", "run", "app.py", *(word for pair in options.items() for word in pair)]
    sys.argv += ["--server.headless", "true"] if chosen.no_browser else []
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
    return 0


def add_shipped() -> None:
    """Put the shipped models beside those in the folder that CRACKCLS_MODELS names.

    A folder that may not be written is served as it is.
    """
    try:
        shipped.complete(config.models_folder())
    except OSError as error:
        print(f"crackcls: {shown(disk.refusal(error))}", file=sys.stderr)


def usual_address() -> str:
    """Give the address that a mode listens at where none is named."""
    return THIS_MACHINE if modes.mode_of(THIS_MACHINE) == modes.OWN else EVERYWHERE
