"""Many visitors at once, in one gigabyte: how long each waits, and what the server takes.

How the server's memory is limited: `benchmarks/ceiling.py`.
"""

import argparse
import io
import statistics
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from PIL import Image

from benchmarks import ceiling, crowd, judging, processes
from benchmarks.figures import Table
from benchmarks.visitors import JUDGED, Visitor
from benchmarks.walls import cracked
from crackcls import config

VISITORS, MEGAPIXELS = 50, (4000, 3000)
# Judgements of one photo before the crowd, and as many after it.
CALLS = 10
ALBUMS, PHOTOS_OF_AN_ALBUM = 10, 20


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Let visitors come at once, then some with many photos beside some with one."""
    photos = [photo(number) for number in range(PHOTOS_OF_AN_ALBUM)]
    one_each = [[photos[i % len(photos)]] for i in range(VISITORS)]
    albums = [photos for _ in range(ALBUMS)]
    singles = [photos[:1] for _ in range(ALBUMS)]
    before, each, after = judged(photos[0]), served(one_each), judged(photos[0])
    return {
        "bytes": statistics.mean(map(len, photos)),
        "judged": [*before, *after],
        "alone": served([photos[:1]]),
        "one each": each,
        "albums": served([*singles, *albums]),
        "crowd": crowd.measure(),
    }


def photo(number: int) -> bytes:
    """Draw a photo of 12 megapixels."""
    buffer, (image, _) = io.BytesIO(), cracked(number)
    image.resize(MEGAPIXELS, Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def judged(content: bytes) -> list[float]:
    """Give the seconds that judging a photo takes where nobody else comes, of each call."""
    processes.say("load: one photo judged by itself")
    with processes.place(with_model=True) as own:
        (own / "photo.jpg").write_bytes(content)
        told = judging.child(config.PROJECT, own, times={"it": str(own / "photo.jpg")}, calls=CALLS)
    return told["it"]


def served(albums: Sequence[Sequence[bytes]]) -> dict[str, Any]:
    """Start the app, let a visitor come with each album at once, and wait for all answers."""
    processes.say(f"load: {len(albums)} visitors with {sum(map(len, albums))} photos")
    with ceiling.serve() as server:
        visitors = [Visitor(server.host) for _ in albums]
        for visitor in visitors:
            visitor.open("Predict")
        found = come(server.host, visitors, albums)
    return {**found, **server.told(), "photos": [*map(len, albums)]}


def answer(photos: int) -> str:
    """Give words of a page with the verdicts on so many photos, which no page has before."""
    return JUDGED if photos == 1 else f"**{photos} photos**"


def come(
    host: str, visitors: Sequence[Visitor], albums: Sequence[Sequence[bytes]]
) -> dict[str, Any]:
    """Let all upload at one moment.

    Returns:
        `seconds` that each visitor waited for the answer, None without one; `told`, the time
        that the page told each half-way, divided by the time that it took from then on; and
        `home`, the seconds until Home was open meanwhile.
    """
    seconds: list[float | None] = [None] * len(visitors)
    told: list[float] = []
    begun = time.perf_counter()

    def visit(at: int) -> None:
        files = [(f"{at}-{i}.jpg", content) for i, content in enumerate(albums[at])]
        with suppress(TimeoutError):
            if all(status == 204 for status in visitors[at].upload(files)):
                answered = visitors[at].wait_for(answer(len(files)))
                seconds[at] = answered - begun
                told.extend(visitors[at].told_half_way(begun, answered))

    threads = [threading.Thread(target=visit, args=(at,)) for at in range(len(visitors))]
    for thread in threads:
        thread.start()
    time.sleep(1.0)
    home = Visitor(host).open("")
    for thread in threads:
        thread.join()
    return {"seconds": seconds, "told": told, "home": home}


def tables(found: dict[str, Any]) -> list[Table]:
    """Write the tables of what `measure` gave."""
    text = (
        f"Photos of 12 megapixels, {found['bytes'] / 1e6:.1f} MB each, uploaded at one moment to "
        "the page Predict. Waited: from that moment to the verdict, of an album to that on its "
        "last photo. Told: the seconds left that the page said half-way, as a share of those that "
        "it took from then on, the median. Peak: the server and its children, shared pages by "
        f"share, looked at twice a second. {_judged(found)}"
    )
    heads = ("visitors", "answered", "first", "median", "last", "told")
    heads += ("Home meanwhile", "peak", "in 1 GB")
    names = {
        "alone": "one visitor, one photo",
        "one each": f"{VISITORS} visitors, one photo each",
        "albums": f"{ALBUMS} with {PHOTOS_OF_AN_ALBUM} photos beside {ALBUMS} with one",
    }
    rows = [_row(names[key], found[key]) for key in names]
    return [("Visitors at once", text, heads, rows), crowd.table(found["crowd"])]


def _judged(found: dict[str, Any]) -> str:
    """Compare the last of many visitors with as many times one judgement of the same minutes."""
    alone = statistics.median(found["judged"])
    waited = [one for one in found["one each"]["seconds"] if one is not None]
    times = max(waited) / (VISITORS * alone)
    return (
        f"Judging one such photo by itself, just before the {VISITORS} and just after, took "
        f"{alone:.3f} s: the last of {VISITORS} waited {times:.2f} times {VISITORS} times that."
    )


def _row(name: str, found: dict[str, Any]) -> list[str]:
    waited = sorted(one for one in found["seconds"] if one is not None)
    times = (waited[0], statistics.median(waited), waited[-1]) if waited else ()
    return [
        name,
        f"{len(waited)} of {len(found['seconds'])}",
        *([f"{one:.1f} s" for one in times] or ["-"] * 3),
        f"{statistics.median(found['told']):.0%}" if found["told"] else "-",
        f"{found['home']:.1f} s",
        *ceiling.cells(found),
    ]
