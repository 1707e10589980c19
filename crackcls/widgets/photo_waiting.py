"""What stands on the page while photos are judged: a card for each, filled as it comes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from crackcls.errors import InputError
from crackcls.names import markdown, shown
from crackcls.photos.judged import Judged
from crackcls.photos.line import Ticket
from crackcls.photos.shelf import Key, Photo
from crackcls.photos.verdict import decide
from crackcls.widgets import photo_card, photo_results


class Waiting:
    """The cards of photos, a dozen of them at most.

    Args:
        chosen: The photos.
    """

    def __init__(self, chosen: Sequence[Photo]) -> None:
        self._whole = st.empty()
        with self._whole.container():
            self._bar = st.empty()
            some = chosen[: photo_results.PAGE]
            self._places = dict(zip([one.key for one in some], places(len(some)), strict=True))
        for one in some:
            self._places[one.key].caption(f"{markdown(one.name)} is waiting …")
        self._small: set[Key] = set()

    def say(self, share: float, words: str) -> None:
        """Say how far it is.

        Args:
            share: Of the photos that are judged, 0 to 1.
            words: The same in words.
        """
        self._bar.progress(share, words)

    def show_small(self, small: Mapping[Key, Ticket[bytes]]) -> None:
        """Show the small pictures that have come of photos that still wait."""
        for key, ticket in small.items():
            if key in self._small or key not in self._places or not ticket.done.is_set():
                continue
            self._small.add(key)
            if isinstance(ticket.result, bytes) and ticket.result:
                with self._places[key].container():
                    st.caption(f"{markdown(key[0])} is waiting …")
                    st.image(ticket.result, width="stretch", alt=f"{shown(key[0])}: waiting")

    def settle(self, one: Photo, results: Sequence[tuple[str, Judged | InputError]]) -> None:
        """Show what came of a photo, under each name that its content has."""
        for key in [key for key in self._places if key[1] == one.sha256]:
            self._small.add(key)
            with self._places[key].container():
                for name, result in results[:1]:
                    show(name if key == one.key else key[0], result, len(self._places))

    def end(self) -> None:
        """Take all off the page."""
        self._whole.empty()


def places(count: int) -> list[DeltaGenerator]:
    """Make room for so many cards, side by side as those of the gallery."""
    if count == 1:
        return [st.empty()]
    rows = [st.columns(2, border=True) for _ in range(0, count, 2)]
    return [column.empty() for row in rows for column in row][:count]


def show(name: str, result: Judged | InputError, photos: int) -> None:
    """Show what was seen, or why it could not be."""
    if isinstance(result, InputError):
        st.error(f"**{markdown(name)}**: {markdown(result)}")
    else:
        setting = photo_results.as_set(photos)
        verdict = decide(result.analysis, setting.threshold)
        photo_card.show_face(replace(result, name=name), verdict, setting.draw, photos == 1)
