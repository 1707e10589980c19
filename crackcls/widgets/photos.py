"""Judging photos, each once a session and model."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from streamlit.runtime.scriptrunner import get_script_run_ctx

from crackcls import config
from crackcls.errors import InputError
from crackcls.formats import photo_files
from crackcls.photos.desk import open_desk
from crackcls.photos.frames import File, Seen
from crackcls.photos.judged import Judged
from crackcls.photos.line import Standing, Ticket
from crackcls.photos.shelf import Key, Photo, Shelf
from crackcls.widgets import photo_results, turns
from crackcls.widgets.photo_waiting import Waiting

# Of a photo that comes soon, and of one with hundreds before it.
SECONDS_BETWEEN_LOOKS, LOOKS = (0.2, 3.0), 20
Named = tuple[str, Judged | InputError]


def results_of(chosen: Sequence[Photo], shelf: Shelf, version: str) -> list[Named]:
    """Give what was seen.

    Args:
        chosen: Photos that the model has seen.
        shelf: With what was seen in them.
        version: Of the model, see `aim.version_of`.

    Returns:
        For each picture of each photo what it is called, and what the model saw or why it could
        not be read.
    """
    parts = ((one.name, part) for one in chosen for part in shelf.seen[one.sha256, version])
    return [named(photo_files.called(name, part), result) for name, (part, result) in parts]


def judge(
    unseen: Sequence[Photo], shelf: Shelf, model: str, version: str, waiting: Waiting
) -> None:
    """Have photos judged in turn with those of other visitors, and show each as it is done.

    Of pages and bursts so many are judged as there is room; a photo of its own always is.

    Args:
        unseen: The photos.
        shelf: Takes what was seen.
        model: Name of the model.
        version: Of it, see `aim.version_of`.
        waiting: What stands on the page until all are judged.
    """
    small: dict[Key, Ticket[bytes]] = {}
    shelf.is_judged = True
    try:
        for done, one in enumerate(unseen):
            asked = ask(one, room_left(shelf, version), config.models_folder() / model, version)
            # After the first, whose verdict comes at once.
            if not done:
                small.update(ask_small(unseen[1:]))

            def look(at: Standing, done: int = done) -> None:
                waiting.say(done / len(unseen), stand(done, len(unseen), at))
                waiting.show_small(small)

            shelf.seen[one.sha256, version] = wait(asked, look)
            # The last one is drawn with all others at once.
            if done + 1 < len(unseen):
                waiting.settle(one, results_of([one], shelf, version))
    finally:
        shelf.is_judged = False
        # The page may have gone on to something else.
        for ticket in small.values():
            open_desk().line.leave(ticket)


def room_left(shelf: Shelf, version: str) -> int:
    """Give how many more pictures are judged."""
    taken = sum(len(parts) for (_, of), parts in shelf.seen.items() if of == version)
    return max(1, config.MAX_PHOTOS_AT_ONCE - taken)


def make_ready() -> None:
    """Let the process that judges start while the visitor chooses a photo."""
    open_desk()


def session() -> str:
    """Give whose photos are judged here."""
    context = get_script_run_ctx()
    return context.session_id if context else ""


def ask(one: Photo, most: int, folder: Path, version: str) -> Ticket[Seen] | InputError:
    """Put a photo into the line, or give why it cannot be."""
    try:
        return open_desk().ask(session(), File(one.name, one.content, most), folder, version)
    except InputError as error:
        return error


def ask_small(unseen: Sequence[Photo]) -> dict[Key, Ticket[bytes]]:
    """Ask for small pictures of photos that wait; where the line is full there are none."""
    asked = {}
    with suppress(InputError):
        for one in unseen[: photo_results.PAGE]:
            asked[one.key] = open_desk().ask_thumbnail(session(), one.content)
    return asked


def wait(asked: Ticket[Seen] | InputError, look: Callable[[Standing], object]) -> Seen:
    """Stand in the line, and say where."""
    if isinstance(asked, InputError):
        return [("", asked)]
    line = open_desk().line
    try:
        with turns.aside():
            pause = until_next_look(0.0)
            while not asked.done.wait(pause):
                at = line.standing(asked)
                pause = until_next_look(at.seconds)
                look(at)
    finally:
        line.leave(asked)
    return result_of(asked)


def until_next_look(seconds: float) -> float:
    """Give when a page says anew how long it will take, in seconds: seldom where that is long."""
    first, last = SECONDS_BETWEEN_LOOKS
    return min(last, max(first, seconds / LOOKS))


def result_of(ticket: Ticket[Seen]) -> Seen:
    """Give what was seen, or why it could not be."""
    if isinstance(ticket.result, InputError):
        return [("", ticket.result)]
    if isinstance(ticket.result, Exception):
        raise ticket.result
    return ticket.result or []


def stand(done: int, total: int, at: Standing) -> str:
    """Say how many are judged, how many of others come first and how long it will take."""
    what = "the photo" if total == 1 else f"photo {done + 1} of {total}"
    left = f"about {max(1, round(at.seconds * (total - done)))} s left"
    if not at.ahead:
        return f"Judging {what} …" if total - done == 1 else f"Judging {what}, {left}"
    ahead = "1 photo" if at.ahead == 1 else f"{at.ahead:,} photos"
    return f"{ahead} of others before {what}, {left}"


def hashes_of(chosen: Sequence[Photo], shelf: Shelf, version: str) -> list[str]:
    """Give for each of `results_of` the hash of its content, where the person can say what it is.

    Of a photo on the shelf that is its first picture, once for each content.
    """
    hashes: list[str] = []
    for one in chosen:
        is_asked = one.key in shelf.photos and one.sha256 not in hashes
        parts = len(shelf.seen[one.sha256, version])
        hashes += [one.sha256 if is_asked and not part else "" for part in range(parts)]
    return hashes


def named(name: str, result: Judged | InputError) -> Named:
    """Give a result the name of this file; one content may come under two."""
    return name, result if isinstance(result, InputError) else replace(result, name=name)
