"""Many visitors at once, in one gigabyte: how long each waits, and what the server takes.

The server runs in a control group of Linux that is made for it, which takes root: in version 2
a folder below `/sys/fs/cgroup` with `memory.max`, in version 1 below `/sys/fs/cgroup/memory` with
`memory.limit_in_bytes`. Where none can be made the figures are without a limit, and say so.
"""

import argparse
import io
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
from PIL import Image

from benchmarks import processes, sessions
from benchmarks.figures import Table
from benchmarks.visitors import Visitor
from benchmarks.walls import cracked

LIMIT = 2**30
GROUPS = (
    (Path("/sys/fs/cgroup"), "memory.max"),
    (
        Path("/sys/fs/cgroup/memory"),
        "memory.limit_in_bytes",
    ),
)
VISITORS, MEGAPIXELS = 50, (4000, 3000)
ALBUMS, PHOTOS_OF_AN_ALBUM = 10, 20
# What a page says of a photo that it has judged.
JUDGED = "tiles look"


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Let visitors come at once, then some with many photos beside some with one."""
    photos = [photo(number) for number in range(4)]
    one_each = [photos[i % 4 :][:1] for i in range(VISITORS)]
    albums = [(photos * 5)[:PHOTOS_OF_AN_ALBUM] for _ in range(ALBUMS)]
    singles = [photos[:1] for _ in range(ALBUMS)]
    return {
        "bytes": statistics.mean(map(len, photos)),
        "alone": served([photos[:1]]),
        "one each": served(one_each),
        "albums": served([*singles, *albums]),
    }


def photo(number: int) -> bytes:
    """Draw a photo of 12 megapixels."""
    buffer, (image, _) = io.BytesIO(), cracked(number)
    image.resize(MEGAPIXELS, Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def served(albums: Sequence[Sequence[bytes]]) -> dict[str, Any]:
    """Start the app, let a visitor come with each album at once, and wait for all answers."""
    processes.say(f"load: {len(albums)} visitors with {sum(map(len, albums))} photos")
    with (
        processes.place(with_model=True) as own,
        sessions.serve(own) as (host, number),
        limited(number) as is_limited,
        watched(number) as peak,
    ):
        sessions.wait_until_healthy(host)
        visitors = [Visitor(host) for _ in albums]
        for visitor in visitors:
            visitor.open("Predict")
        found = come(host, visitors, albums)
        return {**found, "limited": is_limited, "peak": peak[0], "photos": [*map(len, albums)]}


def come(
    host: str, visitors: Sequence[Visitor], albums: Sequence[Sequence[bytes]]
) -> dict[str, Any]:
    """Let all upload at one moment.

    Returns:
        `seconds` that each visitor waited for the answer, None without one, and `home`, those
        until Home was open meanwhile.
    """
    seconds: list[float | None] = [None] * len(visitors)
    begun = time.perf_counter()

    def visit(at: int) -> None:
        files = [(f"{at}-{i}.jpg", content) for i, content in enumerate(albums[at])]
        with suppress(TimeoutError):
            if all(status == 204 for status in visitors[at].upload(files)):
                words = JUDGED if len(files) == 1 else f"{len(files)} photos"
                seconds[at] = visitors[at].wait_for(words) - begun

    threads = [threading.Thread(target=visit, args=(at,)) for at in range(len(visitors))]
    for thread in threads:
        thread.start()
    time.sleep(1.0)
    home = Visitor(host).open("")
    for thread in threads:
        thread.join()
    return {"seconds": seconds, "home": home}


@contextmanager
def limited(number: int) -> Iterator[bool]:
    """Put a process into a control group of one gigabyte; tell whether that could be done."""
    for top, name in GROUPS:
        group = top / f"crackcls-{number}"
        if not (top / name.replace("max", "stat").replace("limit_in_bytes", "stat")).exists():
            continue
        try:
            group.mkdir()
            (group / name).write_text(str(LIMIT))
            (group / "cgroup.procs").write_text(str(number))
        except OSError:
            continue
        try:
            yield True
        finally:
            with suppress(OSError):  # Processes of it may still be ending.
                group.rmdir()
        return
    yield False


@contextmanager
def watched(number: int) -> Iterator[list[int]]:
    """Look twice a second what a process and its children take; give the most, in bytes."""
    most, done = [0], threading.Event()

    def look() -> None:
        while not done.wait(0.5):
            with suppress(psutil.Error):
                most[0] = max(most[0], sessions.memory(number).get("pss", 0))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        done.set()
        thread.join()


def tables(found: dict[str, Any]) -> list[Table]:
    """Write the table of what `measure` gave."""
    text = (
        f"Photos of 12 megapixels, {found['bytes'] / 1e6:.1f} MB each, uploaded at one moment to "
        "the page Predict. Waited: from that moment to the verdict, of an album to that on its "
        "last photo. Peak: the server and its children, shared pages by share, looked at twice a "
        "second."
    )
    heads = ("visitors", "answered", "first", "median", "last", "Home meanwhile", "peak", "in 1 GB")
    names = {
        "alone": "one visitor, one photo",
        "one each": f"{VISITORS} visitors, one photo each",
        "albums": f"{ALBUMS} with {PHOTOS_OF_AN_ALBUM} photos beside {ALBUMS} with one",
    }
    return [("Visitors at once", text, heads, [_row(names[key], found[key]) for key in names])]


def _row(name: str, found: dict[str, Any]) -> list[str]:
    waited = sorted(one for one in found["seconds"] if one is not None)
    times = (waited[0], statistics.median(waited), waited[-1]) if waited else ()
    return [
        name,
        f"{len(waited)} of {len(found['seconds'])}",
        *([f"{one:.1f} s" for one in times] or ["-"] * 3),
        f"{found['home']:.1f} s",
        f"{found['peak'] / 1e6:,.0f} MB",
        "yes" if found["limited"] else "no limit could be set",
    ]
