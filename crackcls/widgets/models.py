"""Two models side by side, on the same images."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from crackcls.datasets import shipped_photos
from crackcls.datasets.several import Source
from crackcls.errors import InputError
from crackcls.evaluation import compare, gallery, side_by_side, sources, wording
from crackcls.evaluation import job as evaluation_job
from crackcls.evaluation.store import Evaluation, Row
from crackcls.interval import percent
from crackcls.names import markdown, shown
from crackcls.runs import jobs
from crackcls.runs.folders import Run
from crackcls.widgets import data, job, powers, samples, tell
from crackcls.widgets.evaluation import OTHER, start, start_on_data, table_in_words

PAGE, WIDTH = 12, 164
Pair = tuple[Evaluation, Evaluation]


def show(chosen: Evaluation) -> None:
    """Compare the model with another on images that both have judged, or let both judge some."""
    st.header("Two models on the same images")
    run, aim = chosen.run, wording.aim_of(chosen.run.model)
    others = {one.name: one for one in powers.visible_models() if one.name != run.name}
    others = {name: one for name, one in others.items() if wording.aim_of(one.model) == aim}
    if not others:
        st.info("There is no other model with these classes. Train one first.")
        return
    now = jobs.read_job(evaluation_job.folder(run))
    if now and now.state == "running":
        may_stop = powers.may_manage(run.name)
        job.follow(evaluation_job.folder(run), "Stop evaluating" if may_stop else None)
        return
    left, right = st.columns(2)
    titles = {name: shown(one.title) for name, one in others.items()}
    with left:
        name = st.selectbox("Compare with", list(others), format_func=titles.__getitem__)
    other = others[name]
    if evaluation_job.is_at_work(other) and not may_judge(run, other):
        job.follow(evaluation_job.folder(other), None)
        return
    pairs = judged_by_both(run, other)
    options = [*pairs] + [OTHER] * may_judge(run, other)
    options += [data.SHIPPED] * may_judge_shipped(run, other, [*pairs])
    if not options:
        st.info("No images have been judged by both. Whoever owns both models can let them.")
        return
    with right:
        on = st.selectbox("On", options, format_func=shown, key=f"both-{run.name}-{other.name}")
    if on == OTHER:
        ask_both(run, other, now)
    elif on == data.SHIPPED:
        ask_shipped(run, other)
    else:
        show_compared(*pairs[on], aim[1])


def may_judge(run: Run, other: Run) -> bool:
    """Tell whether one may let both judge images: what they said is kept beside each."""
    return powers.may_evaluate(run.name) and powers.may_evaluate(other.name)


def may_judge_shipped(run: Run, other: Run, judged: Sequence[str]) -> bool:
    """Tell whether one who may not let both judge any data may so with the photos of the app."""
    is_one_mine = any(powers.may_evaluate(one.name) for one in (run, other))
    may = all(powers.may_judge_shipped(one.name) and gallery.can_judge(one) for one in (run, other))
    is_new = shipped_photos.NAME not in judged
    return is_one_mine and may and is_new and not may_judge(run, other)


def judged_by_both(run: Run, other: Run) -> dict[str, Pair]:
    """Give the evaluations of two models on data of one name, by what to call them."""
    found: dict[str, Pair] = {}
    for one in powers.visible_evaluations(run):
        for second in powers.visible_evaluations(other):
            if one.data == second.data:
                title = one.data
                if title in found:
                    title = f"{title} ({one.folder.name[-8:]}, {second.folder.name[-8:]})"
                found[title] = one, second
    return found


def ask_both(run: Run, other: Run, last: Run | None) -> None:
    """Ask for data, and let both models judge it."""
    if last and last.message:
        tell.refusal(last.message)
    st.caption("Both judge the same images. What a model saw in training it does not judge.")
    start_on_data("Judge both on this data", run, other)


def ask_shipped(run: Run, other: Run) -> None:
    """Offer to let both judge the photos that come with the app; the job is one's own model's."""
    st.caption(data.shipped_in_words())
    mine, second = (run, other) if powers.may_evaluate(run.name) else (other, run)
    if st.button("Judge both on these photos", type="primary"):
        start(Source(shipped_photos.NAME), {}, mine, second)


def show_compared(one: Evaluation, other: Evaluation, positive: str | None) -> None:
    """Show figures, what their differences are worth, and the images they disagree on."""
    names = shown(one.run.name), shown(other.run.name)
    try:
        tables = {
            name: table_in_words(each, wording.called(each.run.model))
            for name, each in zip(names, (one, other), strict=True)
        }
        found = compare.differences(tables[names[0]], tables[names[1]], positive)
        apart = compare.disagreements(tables)
    except InputError as error:
        tell.refusal(error)
        return
    st.write(markdown(side_by_side.sentence(names, found["accuracy"])))
    tell.table(side_by_side.table_of(names, found))
    st.caption(side_by_side.HOW)
    st.header(f"They disagree on {len(apart):,} images")
    if not powers.may_see_images(one.run.name):
        st.info("Which ones these are is their owner's to see.")
    elif len(apart):
        show_apart(one, apart, names)


def show_apart(one: Evaluation, apart: pd.DataFrame, names: tuple[str, str]) -> None:
    """Show the images that two models put into different classes, and offer the list."""
    images = sources.images_of(one)
    seen = images.at_hand(apart)
    pages = max(1, -(-len(seen) // PAGE))
    grid = st.container(horizontal=True)
    number = st.number_input(f"Page of {pages:,}", 1, pages, 1) if pages > 1 else 1
    with grid:
        for row in seen.iloc[(number - 1) * PAGE : number * PAGE].to_dict("records"):
            with st.container(width=WIDTH):
                if path := images.path(row["file"]):
                    lines = [said_by(name, row) for name in names]
                    alt = f"labelled {row['actual']}; {'; '.join(lines)}"
                    samples.show_picture(path, row["sha256"], shown(alt))
                    told = "  \n".join(markdown(line) for line in lines)
                    st.markdown(f"{told}  \nlabelled **{markdown(row['actual'])}**")
    if len(seen) < len(apart):
        st.caption(f"{len(seen):,} of these images are here.")
    listed = apart.drop(columns="sha256")
    tell.offer_table("Disagreements", lambda: listed, "disagreements")


def said_by(name: str, row: Row) -> str:
    """Say what a model called an image."""
    called, sure = row[f"predicted by {name}"], row[f"probability by {name}"]
    return f"{'✓' if called == row['actual'] else '✗'} {name}: {called} {percent(sure)}"
