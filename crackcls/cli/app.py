"""The command line's part about pages: `app`."""

import argparse
import os
import runpy
import sys
from pathlib import Path

from crackcls import config
from crackcls.cli.data import Subcommands

FOLDERS = ("CRACKCLS_MODELS", "CRACKCLS_CACHE", "CRACKCLS_DATA")


def add(subcommands: Subcommands) -> None:
    """Add the command to the parser."""
    summary = "Open the app in a browser."
    command = subcommands.add_parser("app", help=summary, description=summary)
    command.add_argument("--port", type=int, default=8501, help="port of the server (%(default)s)")
    browser_help = "serve the app and open no browser"
    command.add_argument("--no-browser", action="store_true", help=browser_help)
    command.set_defaults(run=run_app)


def run_app(chosen: argparse.Namespace) -> int:
    """Serve the app until it is interrupted; see `app --help`."""
    for name in FOLDERS:
        if named := os.environ.get(name):
            os.environ[name] = str(Path(named).absolute())
    # Streamlit reads .streamlit/config.toml from the folder it is started in.
    os.chdir(config.PROJECT)
    sys.argv = ["streamlit", "run", "app.py", "--server.port", str(chosen.port)]
    sys.argv += ["--server.headless", "true"] if chosen.no_browser else []
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
    return 0
