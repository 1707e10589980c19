"""The session's shelf: photos and verdicts that stay while other pages are looked at."""

from collections.abc import Sequence

import streamlit as st

from crackcls.photos import shelf as shelves
from crackcls.photos.shelf import Key, Photo, Shelf
from crackcls.widgets import powers, uploads

SHELF, HELD, BEGUN = "photo-shelf", "photos-held", "photos-begun"


@st.cache_resource(show_spinner=False)
def all_shelves() -> shelves.Shelves:
    """Give the shelves of this server."""
    return shelves.shelves()


def mine() -> Shelf:
    """Give this session's shelf."""
    if SHELF not in st.session_state:
        st.session_state[SHELF] = all_shelves().new()
    return st.session_state[SHELF]


def take(source: str, found: Sequence[Photo]) -> None:
    """Put on the shelf what a widget holds, and take off what it held and holds no more.

    Args:
        source: Which widget.
        found: What it holds now. At each arrival on a page it begins empty.
    """
    shelf, held = mine(), held_by(source)
    keys = [one.key for one in found]
    shelf.remove(set(held) - set(keys))
    shelf.put(found, powers.limits().photos)
    held[:] = keys


def held_by(source: str) -> list[Key]:
    """Give the photos that a widget held when the page was made last, to be changed."""
    arrival, held = st.session_state.get(HELD, (-1, {}))
    if arrival != uploads.arrivals():
        held = {}
        st.session_state[HELD] = uploads.arrivals(), held
    return held.setdefault(source, [])


def begun() -> int:
    """Give how often all was taken off: it names the widgets that begin empty then."""
    return int(st.session_state.get(BEGUN, 0))


def start_anew() -> None:
    """Take all photos off."""
    mine().clear()
    st.session_state[BEGUN] = begun() + 1
    st.session_state.pop(HELD, None)


def make_room(version: str) -> None:
    """Let go of what is more than this server keeps; what this version of a model saw stays."""
    all_shelves().make_room(mine(), version)
