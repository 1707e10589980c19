"""Home: what this is, the model in use, what its figure means; and the server of all pages."""

import streamlit as st

from crackcls import config
from crackcls.evaluation import aim
from crackcls.names import markdown
from crackcls.runs import folders
from crackcls.widgets import (
    glossary,
    guard,
    headline,
    judging,
    navigation,
    photo_sources,
    powers,
    serving,
    tell,
    tested,
)

NO_PROMISE = (
    "**What this does not promise.** On your wall, in your light, from further away, it errs far "
    "more often. It knows no width, depth or danger of a crack."
)
SOURCES = (
    "The shipped models learned from photos of METU (Ç. F. Özgenel, Mendeley Data, "
    "[doi:10.17632/5y9wdsg2zt.2](https://doi.org/10.17632/5y9wdsg2zt.2), CC BY 4.0); 'default' "
    "also from SDNET2018 (M. Maguire, S. Dorafshan, R. Thomas, Utah State University, "
    "[doi:10.15142/T3TD19](https://doi.org/10.15142/T3TD19), CC BY 4.0), road asphalt (B. T. "
    "Passos et al., Mendeley Data t576ydh9v8, CC BY 4.0), ambientCG's surfaces (CC0) and "
    "photos of flowers (CC BY 2.0). Its card names them all."
)


@guard.page()
def show_home() -> None:
    """Show the page."""
    st.set_page_config("crackcls", "🧱", layout="centered")
    powers.enter()
    title = st.empty()
    title.title("Is this concrete cracked?")
    run = folders.read_run(config.models_folder() / folders.in_use())
    is_of_cracks = not run.is_usable or aim.is_of_cracks(run)
    if not is_of_cracks:
        title.title("What does this photo show?")
    answer = st.container()
    if run.is_usable and not judging.show(run, answer, examples=True):
        with answer:
            photo_sources.show_judged()
    glossary.show(is_of_cracks)
    navigation.show_cards()

    st.header("How good it is")
    for sentence in run.damage.values():
        tell.refusal(sentence)
    if not run.is_usable:
        if not run.damage:
            st.info("No finished model is here. Train one first.")
        st.stop()
    if not run.report:
        if "report.json" not in run.damage:
            name = markdown(run.name)
            why = "came in a ZIP" if run.state == "added" else "was stopped before its end"
            st.info(f"'{name}' {why}, so it has not been tested.")
        st.stop()
    headline.show(run.report, own=True)
    st.warning(NO_PROMISE)
    with st.expander("How it was tested"):
        tested.show(run, run.report)
    with st.expander("Data and licences"):
        st.caption(SOURCES)


# Streamlit runs this file as a script for the page, and imports it for the server.
if __name__ == "__main__":
    show_home()
else:
    app = st.App(__file__, **serving.parts())
