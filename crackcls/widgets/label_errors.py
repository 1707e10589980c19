"""Images whose label is likely wrong: looked for, shown, marked by a person."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from crackcls import installed
from crackcls.access.modes import Action
from crackcls.evaluation import label_errors, store, wording
from crackcls.evaluation.store import Evaluation
from crackcls.interval import percent
from crackcls.names import file_stem, markdown, shown
from crackcls.runs import folders, jobs
from crackcls.widgets import job, powers, samples, tell
from crackcls.widgets.guard import guarded
from crackcls.widgets.samples import ALL, PAGE, WIDTH

WHAT = "A list of images to look at. These are suggestions: you decide."
HOW = (
    "Several networks are trained with this model's settings, each without a part of the images, "
    "and each judges the part that it has not seen. Listed are the images that they contradict "
    "with more confidence than they have in their class (confident learning, Northcutt et al., "
    "JAIR 2021). A rare kind is listed too."
)


def show(chosen: Evaluation) -> None:
    """Look for wrong labels in the images of an evaluation, and show the lists of its model."""
    st.header("Labels that are likely wrong")
    st.write(WHAT)
    with st.expander("How it is found"):
        st.write(HOW)
    if not powers.may_manage(chosen.run.name):
        st.info("The lists of this model are its owner's.")
        return
    place = label_errors.job_folder(chosen.run)
    now = jobs.read_job(place)
    if now and now.state == "running":
        job.follow(place, "Stop looking")
        return
    ask(chosen, now)
    whole, damage = label_errors.look(chosen.run)
    for sentence in damage:
        st.warning(sentence)
    found = {one.folder.name: one for one in whole}
    if found:
        show_list(found[choose(chosen, list(found.values()))])
    samples.show_marked(chosen.run)


def ask(chosen: Evaluation, last: folders.Run | None) -> None:
    """Offer to look for wrong labels, where the images are on this machine."""
    if not powers.may(Action.FIND_LABELS):
        return
    job.tell_end(last, "The last search")
    if lacks := installed.missing():
        powers.tell_missing(lacks)
        return
    places = {name or chosen.data: folder for name, folder in chosen.places.items()}
    if not places:
        st.info(
            f"The images of '{markdown(chosen.data)}' are not on this machine, so nothing can be "
            "looked for."
        )
        return
    names = list(places)
    name = names[0] if len(names) == 1 else st.selectbox("Look in", names, format_func=shown)
    if st.button(f"Look for wrong labels in '{markdown(name)}'"):
        layout = chosen.layouts.get("" if "" in chosen.layouts else name, "")
        words = label_errors.words(chosen.run, str(places[name]), layout)
        job.start(label_errors.job_folder(chosen.run), words)


def choose(chosen: Evaluation, found: list[Evaluation]) -> str:
    """Ask which list to show; that of the evaluation's data comes first."""
    found = sorted(found, key=lambda one: one.data != chosen.data)
    titles = {one.folder.name: shown(f"{one.data} ({one.folder.name[-8:]})") for one in found}
    key = f"labels-of-{samples.key_of(chosen)}"
    return st.selectbox("List of", list(titles), format_func=titles.__getitem__, key=key)


def show_list(found: Evaluation) -> None:
    """Show how many labels of each class are likely wrong, and the images by pages."""
    table, about = label_errors.table_of(found), label_errors.about_of(found)
    names = label_errors.called(about)
    st.markdown(
        f"**{len(table):,} of {about['images']:,} labels are likely wrong**, by {about['folds']} "
        "trainings."
    )
    tell.table(by_class(about, names))
    stem = f"{file_stem(f'{found.run.name}-{found.data}')}-likely-wrong-labels"
    told = wording.table_in_words(table, names)
    tell.offer_table("Likely wrong labels", lambda: told, stem)
    left, right = st.columns(2)
    titles = {ALL: ALL} | {name: shown(words) for name, words in names.items()}
    given = left.selectbox("Labelled", list(titles), format_func=titles.__getitem__)
    rows = table if given == ALL else table[table["given"] == given]
    pages = max(1, -(-len(rows) // PAGE))
    number = right.number_input(f"Page of {pages:,}, the most likely first", 1, pages, 1)
    show_page(found, rows.iloc[(number - 1) * PAGE : number * PAGE], names)


def by_class(about: dict[str, dict[str, dict[str, int]]], names: Mapping[str, str]) -> pd.DataFrame:
    """Set the counts of each class in a table."""
    rows = [
        {"label": names[name], "images": one["images"], "likely wrong": one["likely_wrong"]}
        for name, one in about["per_class"].items()
    ]
    return pd.DataFrame(rows)


def show_page(found: Evaluation, rows: pd.DataFrame, names: Mapping[str, str]) -> None:
    """Show images side by side, each with its two labels and a tick."""
    folder = found.images if found.images and found.images.is_dir() else None
    if folder is None:
        data = markdown(found.data)
        st.info(f"The images of '{data}' are not on this machine, so they are not shown.")
    listed = set(store.marked(found.run)["sha256"])
    grid = st.container(horizontal=True)
    for row in rows.to_dict("records"):
        with grid.container(width=WIDTH):
            if folder:
                samples.show_picture(folder / row["file"], row["sha256"], alt_of(row, names))
            show_labels(row, names)
            ask_label(found, row, row["sha256"] in listed)


def alt_of(row: store.Row, names: Mapping[str, str]) -> str:
    """Say what a picture shows, for whoever does not see it."""
    return shown(f"labelled {names[row['given']]}, suggested {names[row['suggested']]}")


def show_labels(row: store.Row, names: Mapping[str, str]) -> None:
    """Say what an image is labelled and what is suggested."""
    st.markdown(
        f"labelled **{markdown(names[row['given']])}**  \n"
        f"suggested: **{markdown(names[row['suggested']])}** {percent(row['probability'])}"
    )
    of = f" of {row[label_errors.SET]}" if label_errors.SET in row else ""
    st.caption(f"label quality {row['quality']:.3f} of 1  \n{markdown(row['file'] + of)}")


def ask_label(found: Evaluation, row: store.Row, listed: bool) -> None:
    """Let a person say that a label is wrong; copies of an image are marked together."""
    key = f"suggested-{row['file']}"

    @guarded()
    def tell() -> None:
        store.mark(found, label_errors.as_judged(row), st.session_state[key])

    st.checkbox("Label is wrong", listed, key=key, on_change=tell)


def ask_left_out(names: Sequence[str]) -> list[str]:
    """Ask whether to leave out of a training what a person marked in data of these names.

    Returns:
        Arguments of `train`; none where nothing is marked, or where it is not wanted.
    """
    marked = label_errors.marked_in(names).items()
    lists = {path: count for path, count in marked if powers.may_manage(path.parent.name)}
    if not lists:
        return []
    wanted = st.checkbox(
        f"Leave out the images marked as wrong ({sum(lists.values()):,})",
    )
    st.caption("Marked on the Evaluate page. They stay in the test.")
    return [word for path in lists for word in ("--without", str(path))] if wanted else []
