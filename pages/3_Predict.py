"""Predict: judge photos."""

import streamlit as st

from crackcls import config
from crackcls.evaluation import aim
from crackcls.names import markdown, shown
from crackcls.runs import folders
from crackcls.widgets import damage, glossary, guard, judging, navigation, photo_sources, powers
from crackcls.widgets.model import say_how, say_made_up

ASKED = "Does this concrete show a crack?", "What does this photo show?"
OF_CRACKS = """
- It looks for cracks like those in its training photos: in bare concrete, taken straight on.
- "No crack found" is no proof that there is none."""
NOTES = """
- The model judges overlapping tiles of a photo, and the verdict counts them. A photo like those
  that it was trained on is judged whole.
- It measures no width and no depth. It says nothing of how severe a damage is, or how safe.
- At most {} photos at once, each of {} MB and {:.0f} megapixels, as WebP or JPEG 2000 less.
"""


def choose_model() -> folders.Run:
    """Choose a model where there are several, or say that there is none."""
    models = {run.name: run for run in powers.visible_models()}
    if not models:
        st.info("No finished model is here yet. Train one first.")
        st.page_link("pages/1_Train.py", label="Go to Train")
        st.stop()
    name = next(iter(models))
    if len(models) > 1:
        titles = {name: shown(run.title) for name, run in models.items()}
        names = list(models)
        name = st.selectbox("Model", names, navigation.at(names), format_func=titles.__getitem__)
    if caution := aim.caution(models[name]):
        st.warning(f"{markdown(caution)} The Evaluate page changes it.")
    say_made_up(models[name])
    return models[name]


st.set_page_config("Predict · crackcls", "🧱", layout="centered")
with guard.page():
    powers.enter()
    st.title("Predict")
    answer = st.container()
    damage.show()
    run = choose_model()
    is_of_cracks = aim.is_of_cracks(run)
    if not judging.show(run, answer, examples=False):
        answer.write(ASKED[0 if is_of_cracks else 1])
    glossary.show(is_of_cracks)
    with st.expander("What this cannot tell"):
        say_how(run)
        limits = powers.limits().photos, photo_sources.LIMIT, config.MAX_PHOTO_PIXELS / 1e6
        st.markdown((OF_CRACKS if is_of_cracks else "") + NOTES.format(*limits))
