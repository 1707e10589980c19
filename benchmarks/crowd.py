"""A crowd at once, most of whom mean no good: they leave, or upload junk and bombs.

Each says at one moment what it wants; after them comes a visitor with a photo.
"""

import io
import threading
import time
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import numpy as np
from PIL import Image
from websockets.exceptions import WebSocketException

from benchmarks import ceiling, processes
from benchmarks.figures import Table
from benchmarks.visitors import JUDGED, Visitor
from benchmarks.walls import cracked

COUNT = 500
# What a visitor meets whom the server does not answer.
GONE = OSError, TimeoutError, EOFError, WebSocketException
# How long the crowd may take in all, and the visitor after it.
SECONDS, SECONDS_AFTER = 900.0, 60.0


def wall() -> bytes:
    """Draw a photo of half a megapixel."""
    return _saved(cracked(1)[0], "JPEG", quality=80)


def junk() -> dict[str, bytes]:
    """Make files that are no photos, or no longer."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Positive/1.jpg", wall())
    return {
        "noise.jpg": np.random.default_rng(1).bytes(200_000),
        "cut off.jpg": wall()[:-2000],
        "photos.zip": packed.getvalue(),
        "letter.jpg": b"Dear server, " * 1000,
    }


def bombs() -> dict[str, bytes]:
    """Make small files that unpack to hundreds of megabytes and more."""
    return {
        "bomb.png": _saved(Image.new("1", (30_000, 30_000)), "PNG"),
        "bomb.webp": _saved(Image.new("RGB", (16_000, 16_000)), "WEBP", lossless=True),
        "bomb.gif": _saved(Image.new("L", (20_000, 10_000)), "GIF"),
    }


def large() -> dict[str, bytes]:
    """Make a file that has hardly fewer pixels than a photo may have."""
    return {"large.png": _saved(Image.new("RGB", (8_900, 8_900)), "PNG")}


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def looks(host: str, number: int) -> bool:
    """Open a page and read it."""
    visitor = Visitor(host)
    visitor.open(("", "Predict", "Train", "Evaluate")[number % 4])
    visitor.close()
    return True


def leaves(host: str, number: int) -> bool:
    """Ask for a page and be gone before it comes."""
    visitor = Visitor(host)
    visitor.ask("Predict")
    visitor.close()
    return True


def hands_in_and_leaves(host: str, number: int, photo: bytes) -> bool:
    """Upload a photo and be gone before the verdict."""
    visitor = Visitor(host)
    visitor.open("Predict")
    visitor.upload([("wall.jpg", photo)])
    visitor.close()
    return True


def uploads(host: str, number: int, files: Mapping[str, bytes]) -> bool:
    """Upload a file that is no use; tell whether a sentence says why."""
    name, content = list(files.items())[number % len(files)]
    visitor = Visitor(host)
    visitor.open("Predict")
    if any(status != 204 for status in visitor.upload([(name, content)])):
        return True  # The gate says in the answer that there is no room.
    said = visitor.wait_for_answer(JUDGED)
    visitor.close()
    return bool(said)


def kinds() -> dict[str, Callable[[str, int], bool]]:
    """Give what visitors do, by name."""
    photo, useless, hostile, most = wall(), junk(), bombs(), large()
    return {
        "open a page and read it": looks,
        "leave before the page has come": leaves,
        "upload a photo and leave": lambda *of: hands_in_and_leaves(*of, photo),
        "upload what is no photo": lambda *of: uploads(*of, useless),
        "upload a bomb": lambda *of: uploads(*of, hostile),
        "upload 79 megapixels": lambda *of: uploads(*of, most),
    }


def measure(count: int = COUNT) -> dict[str, Any]:
    """Let a crowd come to a server at one moment, and a visitor with a photo after it."""
    processes.say(f"load: a crowd of {count}")
    with ceiling.serve() as server:
        found = come(server.host, count, kinds())
        found["after"] = comes_after(server.host)
    return {**found, **server.told()}


def table(found: dict[str, Any]) -> Table:
    """Write the table of what `measure` gave."""
    peak, limit = ceiling.cells(found)
    after = "no verdict" if found["after"] is None else f"a verdict in {found['after']:.1f} s"
    text = (
        f"{sum(came for came, _ in found['kinds'].values()):,} visitors who come at one moment. "
        "No photo: noise, a JPEG cut off, a ZIP, text. Bombs: PNG, WebP and GIF of 10 to 200 kB "
        "that unpack to 200 to 900 megapixels. Had it: the whole page, an accepted upload, a "
        "sentence that refuses the file, or a verdict on it. All was done after "
        f"{found['seconds']:.0f} s. A "
        f"visitor with a photo who came then had {after}. Peak of the server and its children: "
        f"{peak}; in 1 GB: {limit}."
    )
    rows = [[name, f"{came:,}", f"{had:,}"] for name, (came, had) in found["kinds"].items()]
    return "A crowd that means no good", text, ("what they do", "visitors", "had it"), rows


def come(
    host: str,
    count: int,
    kinds: Mapping[str, Callable[[str, int], bool]],
    seconds: float = SECONDS,
) -> dict[str, Any]:
    """Let a crowd come at one moment.

    Args:
        host: Host and port of the server.
        count: How many.
        kinds: What they do in turn, see the function of that name.
        seconds: How long all may take.

    Returns:
        `kinds`, of each how many came and how many had what they came for, and `seconds` until
        the last was done.
    """
    chosen = list(kinds.items())
    answered: list[bool] = [False] * count

    def visit(at: int) -> None:
        with suppress(*GONE):
            answered[at] = chosen[at % len(chosen)][1](host, at // len(chosen))

    begun = time.perf_counter()
    threads = [threading.Thread(target=visit, args=(at,), daemon=True) for at in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, begun + seconds - time.perf_counter()))
    of_kind = {name: answered[at :: len(chosen)] for at, (name, _) in enumerate(chosen)}
    return {
        "kinds": {name: [len(found), sum(found)] for name, found in of_kind.items()},
        "seconds": time.perf_counter() - begun,
    }


def comes_after(host: str) -> float | None:
    """Open the page and have a photo judged; give the seconds, or None without a verdict."""
    begun = time.perf_counter()
    with suppress(*GONE):
        visitor = Visitor(host, SECONDS_AFTER)
        visitor.open("Predict")
        visitor.upload([("wall.jpg", wall())])
        visitor.wait_for(JUDGED)
        return time.perf_counter() - begun
    return None
