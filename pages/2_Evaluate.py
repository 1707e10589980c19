"""Evaluate: a model's test figures, and its predictions beside the actual images."""

from pathlib import Path

import pandas as pd
import streamlit as st

from crackcls import charts, data, datasets, evaluate, files, photo, runs
from crackcls.errors import InputError
from widgets.visitor import is_own_machine

SAMPLES = 12
SAMPLE_WIDTH = 158


def show_figures(run: runs.Run) -> None:
    """Show the stored test report in figures and as a confusion matrix."""
    report, copies = run.report, run.report["near_copies"]
    low, high = report["accuracy_interval"]
    left, middle, right = st.columns(3)
    left.metric("Test accuracy", f"{report['accuracy']:.2%}")
    middle.metric("Wrong", f"{report['wrong']} of {report['images']:,}")
    auc = report["roc_auc"]
    right.metric("ROC AUC", "-" if auc is None else f"{auc:.5f}")
    st.write(
        f"Trained and tested on {run.data_in_words}. On images like these, the accuracy lies with "
        f"95 % confidence between {low:.2%} and {high:.2%}. "
        f"{copies['test_images_with_copy_in_training']:,} of the {report['images']:,} test images "
        f"({copies['share_of_test_images']:.0%}) have a near copy in the "
        "training part. Photos from elsewhere can do far worse."
    )
    chart = charts.confusion_chart(report["confusion_matrix"], report["classes"])
    st.altair_chart(chart, width="stretch")
    table = pd.DataFrame(report["per_class"]).T.rename_axis("class").reset_index()
    st.dataframe(table.astype({"images": int}), hide_index=True, width="stretch")


def ask_folder(run: runs.Run) -> Path | None:
    """Find the test images on this machine, or ask for their folder."""
    known = datasets.find(run)
    if not is_own_machine():
        if known is None:
            st.info(f"The test images of '{run.name}' are not here, only the stored figures are.")
        return known
    typed = st.text_input(
        "Folder with the images",
        str(known or ""),
        help=f"The folder '{run.config['data']}' that the model was trained from.",
    )
    if typed and Path(typed).expanduser().is_dir():
        return Path(typed).expanduser()
    st.info(
        f"The test images of '{run.name}' are not on this machine, so only the stored figures are "
        f"shown. Type the folder of '{run.config['data']}' to see its predictions on the images."
    )
    return None


def show_samples(run: runs.Run, folder: Path) -> None:
    """Show test images with their actual and predicted class."""
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    wrong_first = left.toggle("Wrong ones first")
    draw = st.session_state.setdefault("draw", 0)
    if right.button("Other samples", width="stretch"):
        draw = st.session_state["draw"] = draw + 1
    table = files.read_csv(run.folder / "predictions.csv")
    shas = files.read_csv(run.folder / "split.csv").set_index("file")["sha256"]
    samples = evaluate.pick_samples(table, SAMPLES, draw, wrong_first).to_dict("records")
    grid = st.container(horizontal=True)
    for sample in samples:
        with grid.container(width=SAMPLE_WIDTH):
            show_sample(sample, folder / sample["file"], shas[sample["file"]])


def show_sample(sample: dict, path: Path, sha256: str) -> None:
    """Show one test image with what it is and what the model says."""
    try:
        st.image(data.read_verified(path, sha256), width="stretch")
    except InputError as error:
        st.error(str(error))
    right = sample["actual"] == sample["predicted"]
    st.markdown(
        f"{':green[✓]' if right else ':red[✗ wrong]'} **{sample['predicted']}** "
        f"{photo.percent(sample['probability'])}  \nactual: {sample['actual']}"
    )
    st.caption(sample["file"])


st.set_page_config("Evaluate · crackcls", "🧱", layout="centered")
st.title("Evaluate")
all_models = runs.list_models()
models = {run.name: run for run in all_models if run.report}
if not models:
    st.info("No finished model is here yet. Train one first.")
    st.page_link("pages/1_Train.py", label="Go to Train")
    st.stop()
run = models[st.selectbox("Model", list(models), format_func=lambda name: models[name].title)]
if untested := [run.name for run in all_models if not run.report]:
    st.caption(f"Not here, since stopped before their test: {', '.join(untested)}.")
show_figures(run)
st.subheader("Sample predictions on the test images")
if folder := ask_folder(run):
    show_samples(run, folder)
