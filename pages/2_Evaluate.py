"""Evaluate: what a model's figures mean, and its predictions beside the actual images."""

import streamlit as st

from crackcls.evaluation.aim import is_of_cracks
from crackcls.names import markdown, shown
from crackcls.widgets import (
    aim,
    damage,
    evaluation,
    figures,
    glossary,
    guard,
    honesty,
    label_errors,
    model,
    models,
    navigation,
    powers,
    samples,
    take_away,
)

VIEWS = {
    "Pictures": samples.show,
    "Figures": figures.show,
    "Labels": label_errors.show,
    "Honesty": honesty.show,
    "Compare": models.show,
    "Take away": take_away.show,
}

st.set_page_config("Evaluate · crackcls", "🧱", layout="wide")
with guard.page():
    powers.enter()
    st.title("Evaluate")
    damage.show()
    all_models = powers.visible_models()
    known = {
        run.name: run
        for run in all_models
        if powers.visible_evaluations(run) or powers.may_evaluate(run.name)
    }
    if not known:
        st.info("No finished model is here yet. Train one first.")
        st.page_link("pages/1_Train.py", label="Go to Train")
        st.stop()
    titles = {name: shown(run.title) for name, run in known.items()}
    names = list(known)
    left, right = st.columns(2)
    run = known[
        left.selectbox("Model", names, navigation.at(names), format_func=titles.__getitem__)
    ]
    with right:
        chosen = evaluation.ask(run)
    evaluation.tell_damage(run)
    if chosen is None:
        evaluation.make(run)
        st.stop()
    model.say_made_up(run)
    figures.show_headline(chosen)
    with st.container(horizontal=True):
        glossary.show(is_of_cracks(run))
        aim.show(run)
    views = list(VIEWS)
    view = st.segmented_control("View", views, default=views[0], label_visibility="collapsed")
    VIEWS[view or views[0]](chosen)
    model.say_how(run)
    if untested := [run.name for run in all_models if run.name not in known]:
        st.caption(f"Not here, since they have no test: {markdown(', '.join(untested))}.")
