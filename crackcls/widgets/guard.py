"""A page says what went wrong in a sentence, whatever it was."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from crackcls import disk
from crackcls.errors import InputError
from crackcls.runs import leftovers
from crackcls.widgets import tell, turns

UNEXPECTED = (
    "Something went wrong that this app did not foresee. Open the page anew; if it stays, tell "
    "the person who runs the app: the server's log has the details."
)


@contextmanager
def page() -> Iterator[None]:
    """Guard the body of a page, made in its turn; what killed work has left is cleared once."""
    with turns.one(), guarded():
        clear_leftovers()
        yield


@st.cache_resource(show_spinner=False)
def clear_leftovers() -> None:
    """Clear what killed work has left, before the first page is shown."""
    leftovers.clear()


@contextmanager
def guarded() -> Iterator[None]:
    """Show a sentence in place of what raised; as a decorator it guards a fragment or a callback.

    Streamlit's own ways to stop or to begin anew are no exceptions that are caught here.
    """
    try:
        yield
    except InputError as error:
        tell.refusal(error)
    except OSError as error:
        logging.getLogger(__name__).exception("a page met the system's refusal")
        tell.refusal(disk.refusal(error))
    except Exception:
        logging.getLogger(__name__).exception("a page failed")
        st.error(UNEXPECTED)
