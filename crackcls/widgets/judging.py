"""Photos asked for and judged, the answer above the question."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from crackcls.errors import InputError
from crackcls.evaluation import aim
from crackcls.names import markdown
from crackcls.photos import shelf as shelves
from crackcls.photos.shelf import Photo
from crackcls.runs import folders
from crackcls.runs.folders import Run
from crackcls.widgets import photo_results, photo_shelf, photo_sources, photos, tell
from crackcls.widgets.model import open_calibration
from crackcls.widgets.photo_waiting import Waiting

GONE = "There was no room to keep {} for another look. Add {} again, and this model judges {} too."


def show(run: Run, answer: DeltaGenerator, examples: bool) -> bool:
    """Ask for photos, and show what a model says of them.

    Args:
        run: The model's.
        answer: Where the verdicts stand.
        examples: Whether the made-up pictures stand below as thumbnails, one a tap; else they
            are a source beside files and camera.

    Returns:
        Whether there is an answer.
    """
    try:
        open_calibration(run.name, aim.version_of(run))
    except InputError as error:
        tell.refusal(error)
        return False
    photos.make_ready()
    drawn = photo_sources.choose(with_tab=not examples)
    if examples:
        drawn = photo_sources.ask_thumbnails()
    shelf = photo_shelf.mine()
    chosen = drawn or [*shelf.photos.values()]
    shelf.forget_all_but(one.sha256 for one in chosen)
    with answer:
        show_verdicts(run, chosen)
        if shelf.photos:
            offer_ways(is_example=bool(drawn), is_tapped=bool(drawn) and examples)
    photo_shelf.make_room(aim.version_of(run))
    return bool(chosen)


def offer_ways(is_example: bool, is_tapped: bool) -> None:
    """Offer to take the photos off, or to come back to them from an example that was tapped."""
    if is_tapped:
        st.button("Back to my photos", on_click=photo_sources.untap)
    if not is_example:
        st.button(
            "Start anew",
            icon=":material/delete:",
            on_click=photo_shelf.start_anew,
            help="Takes these photos out of memory.",
        )


def show_verdicts(run: Run, chosen: Sequence[Photo]) -> None:
    """Judge the photos and show what comes out; say of a broken file why it is broken."""
    shelf, version = photo_shelf.mine(), aim.version_of(run)
    unseen = shelves.unseen(chosen, shelf, version)
    here = [one for one in unseen if one.content]
    if here:
        waiting = Waiting(chosen)
        for one in chosen:
            if (one.sha256, version) in shelf.seen:
                waiting.settle(one, photos.results_of([one], shelf, version))
        photos.judge(here, shelf, run.name, version, waiting)
        waiting.end()
    seen = [one for one in chosen if (one.sha256, version) in shelf.seen]
    if gone := len({one.sha256 for one in chosen} - {one.sha256 for one in seen}):
        words = ("1 photo", "it", "it") if gone == 1 else (f"{gone} photos", "them", "them")
        st.info(GONE.format(*words))
    results = photos.results_of(seen, shelf, version)
    for name, result in results:
        if isinstance(result, InputError):
            st.error(f"**{markdown(name)}**: {markdown(result)}")
    pairs = zip(results, photos.hashes_of(seen, shelf, version), strict=True)
    judged = [(one, sha256) for (_, one), sha256 in pairs if not isinstance(one, InputError)]
    if judged:
        photo_results.show(
            [one for one, _ in judged],
            [sha256 for _, sha256 in judged],
            run,
            folders.model_hash(run),
        )
