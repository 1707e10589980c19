"""How the folders of a person's photos are read: said, asked, changed; and a split they give."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from crackcls.datasets import several
from crackcls.datasets.layout import INNER, NAMES, OUTER, PLAIN, TABLE, UnclearError
from crackcls.datasets.several import Source
from crackcls.errors import InputError
from crackcls.labelled import Levels
from crackcls.names import markdown, shown
from crackcls.widgets import tell

# Where the session keeps what it has listed, until a folder is checked again.
LISTED = "layouts"
WAYS = {
    "": "as found",
    OUTER: "the outermost folders are the classes",
    INNER: "the innermost folders are the classes",
    NAMES: "the names of the files tell the class",
    TABLE: "a table beside the photos tells the class",
    PLAIN: "the uppermost folders are the classes, whatever lies in them",
}
ANEW, KEEP = "Draw a new split", "Keep this split"


def settle(source: Source) -> Source | None:
    """Say how the folders of a data set are read, and ask where that is not clear.

    Args:
        source: A folder of photos.

    Returns:
        The source with the way that was chosen; None where it cannot be read or must be chosen.
    """
    found = listed(source)
    if isinstance(found, UnclearError):
        way = ask_choice(source, found)
    elif isinstance(found, Levels) and not found.said:
        return source
    else:
        way = st.session_state.get(f"way-{source.data}", "")
    read = replace(source, layout=way or "")
    now = listed(read)
    if isinstance(now, Levels):
        say(now)
    elif not isinstance(now, UnclearError):
        tell.refusal(now)
    if not isinstance(found, UnclearError):
        ask_way(source)
    return read if isinstance(now, Levels) else None


def listed(source: Source) -> Levels | InputError:
    """Give what the folders say beside the classes, or why not, found out once a session."""
    kept: dict[Source, Levels | InputError] = st.session_state.setdefault(LISTED, {})
    key = replace(source, cap=None, weight=1.0, crack=())
    if key not in kept:
        try:
            kept[key] = several.listed(source).levels
        except InputError as error:
            kept[key] = error
    return kept[key]


def forget() -> None:
    """List all folders again when they are shown next."""
    st.session_state.pop(LISTED, None)


def say(levels: Levels) -> None:
    """Say what was taken for what."""
    if levels.said:
        st.info("  \n".join(map(markdown, levels.said)))


def ask_choice(source: Source, unclear: UnclearError) -> str | None:
    """Ask which of several ways of reading is meant."""
    st.warning(markdown(unclear))
    return st.radio(
        "Which are the classes?",
        list(unclear.choices),
        index=None,
        format_func=lambda way: markdown(unclear.choices[way]),
        key=f"choice-{source.data}",
    )


def ask_way(source: Source) -> None:
    """Offer to read the folders in another way than that which was found; the session keeps it."""
    with st.expander("Read the folders in another way"):
        st.radio("Classes", list(WAYS), format_func=WAYS.__getitem__, key=f"way-{source.data}")


def ask_split(sources: Sequence[Source]) -> bool:
    """Ask whether to keep a split that folders or a table give, where one is found.

    Returns:
        Whether to keep it.
    """
    split = [one for one in sources if has_split(listed(one))]
    if not split:
        return False
    names = ", ".join(f"'{shown(one.called)}'" for one in split)
    what = "These photos are split already" if len(sources) == 1 else f"{names}: split already"
    chosen = st.radio(
        markdown(what),
        [ANEW, KEEP],
        horizontal=True,
        key="split-is-kept",
    )
    st.caption(
        "A new split keeps near copies and what belongs together in one part. A part that is "
        "missing from a split that is kept is taken from its training photos."
    )
    return chosen == KEEP


def has_split(found: Levels | InputError) -> bool:
    """Tell whether a data set gives a split that can be kept."""
    return isinstance(found, Levels) and "train" in found.parts


def left_out_of(source: Source) -> dict[str, str]:
    """Give the reason for each photo of a set that has no class."""
    found = listed(source)
    return dict(found.left_out) if isinstance(found, Levels) else {}
