"""The lesson: one step at a time, a question at each, and the worksheet."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st
from PIL import ImageOps

from crackcls import config, images, installed
from crackcls.access.modes import Action
from crackcls.classes.names import CRACKED, SOUND
from crackcls.evaluation import lesson, sources, splits, store, threshold, wording
from crackcls.evaluation.lesson import STEPS, Sheet
from crackcls.evaluation.store import Evaluation
from crackcls.labelled import read_verified
from crackcls.names import markdown
from crackcls.runs import folders, status
from crackcls.widgets import evaluation, lesson_judging, navigation, powers, run, samples, tell
from crackcls.widgets.guard import guarded

# What the session keeps: a widget's own value goes when the step is left.
ANSWERS, GUESSES, RESULTS = "lesson-answers", "lesson-guesses", "lesson-results"
SHOWN, STEP, NAME, AT = "lesson-shown", "lesson-step", "lesson-name", "lesson-threshold"
JUDGED = "lesson-judged"
WORKSHEET = "Worksheet"
PLACES = [*(str(number + 1) for number in range(len(STEPS))), WORKSHEET]
WORDS = [CRACKED, SOUND]
WIDTH = 150


def show() -> None:
    """Show a step, its question and the way to the next, or the worksheet."""
    st.session_state.setdefault("lesson-place", st.session_state.get(STEP, PLACES[0]))
    st.segmented_control(
        "Step", PLACES, key="lesson-place", required=True, label_visibility="collapsed"
    )
    place = st.session_state["lesson-place"]
    st.session_state[STEP] = place if place in PLACES else PLACES[0]
    if st.session_state[STEP] == WORKSHEET:
        show_worksheet()
        return
    number = PLACES.index(st.session_state[STEP])
    st.header(f"{number + 1}. {STEPS[number].title}")
    minutes = sum(step.minutes for step in STEPS)
    st.caption(f"About {STEPS[number].minutes} of {minutes} minutes.")
    with guarded():
        PARTS[number]()
    ask_answer(number)
    # A tap on the last step's button while this step is drawn is none on this one's.
    key, then = f"lesson-next-{number}", PLACES[number + 1]
    st.button("Next", key, on_click=go_to, args=(then,))


def go_to(place: str) -> None:
    """Open a step when the page is made next."""
    st.session_state["lesson-place"] = place


def keep(kept: str, key: object, widget: str, most: int) -> None:
    """Keep what a widget holds, at most so many letters of it."""
    value = str(st.session_state.get(widget) or "")[:most]
    st.session_state.setdefault(kept, {})[key] = value


def ask_answer(number: int) -> None:
    """Ask the question of a step."""
    widget = f"lesson-answer-{number}"
    st.text_area(
        STEPS[number].question,
        st.session_state.get(ANSWERS, {}).get(number, ""),
        max_chars=lesson.MOST_ANSWER,
        key=widget,
        on_change=keep,
        args=(ANSWERS, number, widget, lesson.MOST_ANSWER),
    )


def say(number: int, result: str) -> None:
    """Show what came out in a step, and keep it for the worksheet."""
    st.session_state.setdefault(RESULTS, {})[number] = result
    st.markdown(f"**{result}**")


def shipped(name: str) -> Evaluation:
    """Give the test of a model that comes with the app, wherever this server keeps its models."""
    found = folders.read_run(config.shipped_folder() / name)
    return Evaluation(found, found.folder, found.config.get("data", name), None)


def ten() -> tuple[sources.Images, pd.DataFrame]:
    """Give the ten photos that are guessed, with label and prediction in words."""
    chosen = shipped(config.DEFAULT_MODEL)
    found = sources.images_of(chosen, {})
    names = wording.called(store.report_of(chosen))
    table = evaluation.table_in_words(chosen, names)
    return found, lesson.choose_ten(found.at_hand(table))


def show_guess() -> None:
    """Have ten photos guessed, then show labels, predictions and both scores."""
    found, rows = ten()
    is_shown = st.session_state.get(SHOWN, False)
    if is_shown:
        say_score(rows)
    else:
        st.write("Cracked or sound? Say it for all ten, then look.")
    with st.container(horizontal=True):
        for number, row in enumerate(rows.to_dict("records")):
            with st.container(width=WIDTH):
                show_photo(found, row, number)
                show_label(row, number) if is_shown else ask_guess(number)
    is_done = all(guess(number) in WORDS for number in range(len(rows)))
    if not is_shown:
        label = "Show the labels"
        st.button(label, disabled=not is_done, on_click=reveal)
    st.caption(markdown(sources.credit_line(found, {*rows["set"]})))


def reveal() -> None:
    """Show the labels from now on."""
    st.session_state[SHOWN] = True


def guess(number: int) -> str:
    """Give what was guessed of a photo; nothing where it was not."""
    return str(st.session_state.get(GUESSES, {}).get(number, ""))


def show_photo(found: sources.Images, row: store.Row, number: int) -> None:
    """Show a photo without its label."""
    if path := found.path(row["file"]):
        samples.show_picture(path, row["sha256"], f"Photo {number + 1}, a patch of concrete")


def ask_guess(number: int) -> None:
    """Ask what a photo shows."""
    widget, said = f"lesson-guess-{number}", guess(number)
    st.radio(
        f"Photo {number + 1}",
        WORDS,
        WORDS.index(said) if said in WORDS else None,
        key=widget,
        on_change=keep,
        args=(GUESSES, number, widget, lesson.MOST_NAME),
    )


def show_label(row: store.Row, number: int) -> None:
    """Show what a photo is, what was guessed and what the model says."""
    label = row["actual"]
    sign = {True: ":green[✓]", False: ":red[✗]"}
    said = ((guess(number), "you"), (row["predicted"], "model"))
    lines = [f"{number + 1}: labelled **{label}**"]
    lines += [f"{sign[one == label]} {who}: {one}" for one, who in said]
    st.markdown("  \n".join(lines))


def say_score(rows: pd.DataFrame) -> None:
    """Say who was right how often, and how the ten were chosen."""
    actual, count = [*rows["actual"]], len(rows)
    mine = lesson.count_right([guess(number) for number in range(count)], actual)
    model = lesson.count_right([*rows["predicted"]], actual)
    say(0, f"You: {mine} of {count} right. The model: {model} of {count}.")
    report = store.report_of(shipped(config.DEFAULT_MODEL))
    st.caption(
        f"The ten were chosen so that the model errs in {count - model}. In its whole test it "
        f"errs in {report['wrong']:,} of {report['images']:,}. Labels can be wrong too."
    )


def show_train() -> None:
    """Send to the Train page."""
    if powers.may(Action.TRAIN) and not installed.missing():
        st.write("On Train, take “Synthetic concrete” and start. It is drawn: no photo is in it.")
    else:
        st.write("Nothing is trained on this server. Train shows trainings that were recorded.")
    st.page_link(navigation.TRAIN.path, label="Go to Train", icon=navigation.TRAIN.icon)
    st.caption("Then come back to Lesson. Your answers stay while this tab is open.")


def show_curves() -> None:
    """Show the curves of a model that comes with the app."""
    st.write("Training goes on getting better; validation tells whether that helps.")
    now = shipped(config.DEFAULT_MODEL).run
    run.show_charts(now, status.read_status(now))
    st.caption("The model 'default'. The dashed line is the epoch whose weights are kept.")


def show_fool() -> None:
    """Send to the Predict page."""
    st.write("Find a photo that the model gets wrong: a joint, a cable, a branch, a shadow.")
    st.page_link(navigation.PREDICT.path, label="Go to Predict", icon=navigation.PREDICT.icon)


def show_copies() -> None:
    """Show a near copy, and the errors on images with and without one."""
    found = lesson.of_copies(splits.read(shipped("metu").run.folder / splits.FILE))
    say(
        4,
        f"With a near copy in training: {found.wrong_copied:,} of {found.copied:,} test images "
        f"wrong. Without: {found.wrong_others:,} of {found.others:,}.",
    )
    show_near_copy()
    st.caption(
        "The model 'metu' trained with five random splits. A near copy is the same spot, shifted, "
        "mirrored or turned. The app's own figures keep copies out of the test."
    )


def show_near_copy() -> None:
    """Show a photo beside itself mirrored."""
    found, rows = ten()
    clear = rows[(rows["actual"] == CRACKED) & (rows["set"] == "metu")]
    for row in clear.head(1).to_dict("records"):
        path = found.beside / row["file"] if found.beside else Path()
        picture = images.read_photo(read_verified(path, row["sha256"]))
        with st.container(horizontal=True):
            st.image(picture, "in training", width=WIDTH, alt="A cracked patch")
            mirrored = ImageOps.mirror(picture)
            st.image(mirrored, "in the test", width=WIDTH, alt="The same patch, mirrored")


def show_wall() -> None:
    """Show what a model does on photos like its own and on others."""
    st.write("A score is about photos like those in its test. Other concrete, another score.")
    study, other = (store.report_of(shipped(name)) for name in ("metu", config.DEFAULT_MODEL))
    rows = [("metu", "metu", study["accuracy"], study["images"])]
    for name, of in other.get("by_set", {}).items():
        rows.append((config.DEFAULT_MODEL, name, of["accuracy"], of["images"]))
    # On a phone the last column may have to be pushed into sight.
    table = pd.DataFrame(rows, columns=["model", "judged on", "accuracy", "images"])
    tell.table(table.assign(accuracy=[f"{value:.1%}" for value in table["accuracy"]]))
    st.write("The model 'metu' saw one campus only. Let both judge the ten photos of step 1.")
    if st.button("Let both judge") or st.session_state.get(JUDGED):
        st.session_state[JUDGED] = True
        show_both()


def show_both() -> None:
    """Judge the ten photos by both models as Predict does, and set the verdicts side by side."""
    found, rows = ten()
    table = pd.DataFrame({"photo": range(1, len(rows) + 1), "label": rows["actual"]})
    for name in ("metu", config.DEFAULT_MODEL):
        table[name] = lesson_judging.verdicts(shipped(name).run, found, rows)
    is_crack = table["label"] == CRACKED
    cracks = {name: int((table[name][is_crack] == CRACKED).sum()) for name in table.columns[2:]}
    said = ", ".join(f"'{name}' {count}" for name, count in cracks.items())
    say(5, f"Of {int(is_crack.sum())} cracks these were found: {said}.")
    tell.table(table.assign(set=rows["set"]))
    st.caption("Judged as Predict does. The model 'metu' learned from some of the METU photos.")


def show_threshold() -> None:
    """Let a slider show what is missed and what is a false alarm."""
    chosen = shipped(config.DEFAULT_MODEL)
    report = wording.report_in_words(store.report_of(chosen))
    names = wording.called(store.report_of(chosen))
    table = evaluation.table_in_words(chosen, names)
    problem = threshold.problem(table, report["positive"])
    kept = st.session_state.get(AT, config.THRESHOLD)
    at = st.slider("Called cracked from a probability of", 0.0, 1.0, kept, 0.01)
    st.session_state[AT] = at
    now = threshold.figures_at(problem, at)
    cracked, sound = int(problem.actual.sum()), int((~problem.actual).sum())
    say(
        6,
        f"At {at:.2f}: {now.false_negatives:,} of {cracked:,} cracks missed, "
        f"{now.false_positives:,} false alarms on {sound:,} sound photos.",
    )
    st.caption("Lower finds more cracks and raises more alarms. The model was not changed.")


PARTS: tuple[Callable[[], None], ...] = (
    *(show_guess, show_train, show_curves, show_fool),
    *(show_copies, show_wall, show_threshold),
)


def show_worksheet() -> None:
    """Show all answers, and offer them as a page to print."""
    state = st.session_state
    st.header(WORKSHEET)
    name = state.get(NAME, {}).get(0, "")
    most = lesson.MOST_NAME
    widget = "lesson-name-asked"
    kept = (NAME, 0, widget, most)
    st.text_input("Your name", name, most, key=widget, on_change=keep, args=kept)
    sheet = Sheet(state.get(NAME, {}).get(0, ""), state.get(ANSWERS, {}), state.get(RESULTS, {}))
    make = partial(lesson.worksheet, sheet)
    label, file = "Worksheet to print (HTML)", "lesson.html"
    icon = ":material/download:"
    st.download_button(label, make, file, "text/html", on_click="ignore", icon=icon)
    for number, step in enumerate(STEPS):
        st.markdown(f"**{number + 1}. {step.question}**")
        st.text(sheet.answers.get(number, "") or "No answer yet.")
    st.caption("The server keeps no answer: they end with this tab. Download them first.")
