"""The app's server: started on folders of its own, and held open by idle sessions."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from benchmarks import processes
from crackcls import config

PAGES = {"Home": "", **{page: page for page in ("Train", "Evaluate", "Predict", "Lesson")}}
SETTLING_SECONDS = 2.0
WAITING_SECONDS = 60.0


@contextmanager
def serve(folder: Path) -> Iterator[tuple[str, int]]:
    """Start `streamlit run`; give host and port at once, and the process's number."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--server.headless=true", f"--server.port={port}", "--server.address=127.0.0.1"]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *options]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            command,
            cwd=config.PROJECT,
            env=processes.surroundings(folder),
            stdout=log,
            stderr=log,
        )
        try:
            yield f"127.0.0.1:{port}", server.pid
        finally:
            server.kill()
            server.wait()


def wait_until_healthy(host: str) -> None:
    """Wait until the server answers.

    Raises:
        RuntimeError: It does not within a minute.
    """
    deadline = time.monotonic() + WAITING_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"http://{host}/_stcore/health").close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise RuntimeError("The app did not start.") from None
            time.sleep(0.02)


def memory(number: int) -> dict[str, int]:
    """Measure a process and its children.

    Returns:
        `rss` in bytes, and `pss`, which counts shared pages by share, where the system tells.
    """
    top = psutil.Process(number)
    found = [process.memory_full_info() for process in (top, *top.children(recursive=True))]
    sums = {"rss": sum(one.rss for one in found)}
    if all(hasattr(one, "pss") for one in found):
        sums["pss"] = sum(one.pss for one in found)
    return sums


def measure(folder: str, counts: list[int]) -> list[dict[str, int]]:
    """Open more and more sessions on one server, spread over the pages, and leave them idle.

    Args:
        folder: From `processes.place`, with a model.
        counts: How many sessions, rising.

    Returns:
        For each count `sessions`, `rss` and `pss` in bytes.
    """
    rows, pages, browsers = [], [*PAGES.values()], []
    with serve(Path(folder)) as (host, number), ExitStack() as stack:
        wait_until_healthy(host)
        # What the pages import must not count for the sessions.
        with ExitStack() as visit:
            for page in pages:
                open_session(visit, host, page)
        for count in counts:
            for opened in range(len(browsers), count):
                browsers.append(open_session(stack, host, pages[opened % len(pages)]))
            time.sleep(SETTLING_SECONDS)
            assert all(browser.state.name == "OPEN" for browser in browsers)
            rows.append({"sessions": count, **memory(number)})
    return rows


def open_session(stack: ExitStack, host: str, page: str):
    """Open a session as a browser does, and wait until the page's script has run.

    Args:
        stack: Closes the session.
        host: Host and port.
        page: Name in the address; the home page has none.

    Returns:
        The connection.

    Raises:
        RuntimeError: The script failed.
    """
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from websockets.sync.client import connect

    address = f"ws://{host}/_stcore/stream"
    browser = stack.enter_context(connect(address, subprotocols=["streamlit"], max_size=None))
    ask = BackMsg()
    ask.rerun_script.page_name = page
    browser.send(ask.SerializeToString())
    answer, heard = ForwardMsg(), set()
    while answer.WhichOneof("type") != "script_finished":
        answer.ParseFromString(browser.recv(timeout=WAITING_SECONDS))
        heard.add(answer.delta.new_element.WhichOneof("type"))
    if answer.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY or "heading" not in heard:
        raise RuntimeError(f"The page '{page or 'home'}' did not run to its end.")
    return browser
