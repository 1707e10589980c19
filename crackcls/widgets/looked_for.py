"""Which class a new model looks for: guessed from the names, asked where they do not tell."""

import streamlit as st

from crackcls.classes.names import guess_positive, meanings, with_folders
from crackcls.datasets import several
from crackcls.datasets.several import Source
from crackcls.errors import InputError
from crackcls.names import markdown, shown
from crackcls.widgets import data

LABEL = "Class looked for"
HELP = "The class of cracks: verdicts and figures are about it. Guessed from the folders' names."


def ask(sources: list[Source]) -> list[str] | None:
    """Ask which of two classes is looked for.

    Args:
        sources: The data sets that were chosen.

    Returns:
        Arguments of `train`; none where several sets tell by themselves, or where there are more
        than two classes. None where a choice is missing.
    """
    if not several.is_plain(sources):
        return None if any(map(is_open, sources)) else []
    classes = classes_of(sources[0])
    if len(classes) != 2:
        return []
    guess = guess_positive(classes)
    first = classes.index(guess) if guess else None
    called = with_folders(classes, guess)
    chosen = st.selectbox(
        LABEL,
        classes,
        first,
        format_func=lambda name: shown(called.get(name, name)),
        placeholder="Choose",
        key=f"positive-{sources[0].data}",
    )
    st.caption(HELP)
    if chosen is None:
        st.info(
            f"The names {markdown(' and '.join(map(repr, classes)))} do not tell which class is "
            f"looked for. Choose it under '{LABEL}' to start."
        )
        return None
    return ["--positive", chosen]


def ask_crack(source: Source) -> tuple[str, ...]:
    """Ask which class folders of one of several sets hold cracks, where their names do not tell."""
    classes = () if source.sound else classes_of(source)
    if not classes or meanings(classes):
        return source.crack
    label, key = f"Folders of cracks in '{markdown(source.called)}'", f"crack-{source.called}"
    chosen = st.multiselect(label, classes, list(source.crack), key=key, format_func=shown)
    return tuple(chosen)


def is_open(source: Source) -> bool:
    """Tell whether it is not yet known which class folders of a set hold cracks."""
    if source.sound:
        return False
    classes = classes_of(source)
    is_said = set[str]() < {*source.crack} < {*classes}
    return bool(classes) and not meanings(classes) and not is_said


def classes_of(source: Source) -> tuple[str, ...]:
    """Give the class folders of a set, listed once a session; none where they cannot be listed."""
    kept = st.session_state.setdefault(data.COUNTED, {})
    key = "classes", source.data, source.layout
    if key not in kept:
        try:
            kept[key] = several.listed(source).classes
        except InputError:  # Start says why.
            return ()
    return kept[key]
