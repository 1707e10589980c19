"""A published data set: taken where it is, downloaded, or unpacked from an archive by hand."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from crackcls import config, typed
from crackcls.access.modes import Action
from crackcls.datasets import catalogue
from crackcls.datasets.published import job as fetch_job
from crackcls.datasets.published.facts import Published
from crackcls.errors import InputError
from crackcls.runs import jobs
from crackcls.widgets import job, powers, tell, uploads


def ask(facts: Published) -> str | None:
    """Give the name of a data set where it is on this machine, else offer ways to get it."""
    folder = fetch_job.folder(facts)
    last = jobs.read_job(folder)
    if last and last.state == "running":
        job.follow(folder, "Stop the download" if powers.may(Action.FETCH) else None)
        return None
    if catalogue.folder_of(facts.name).is_dir():
        with st.expander("Where these photos come from"):
            st.text(facts.attribution)
        return facts.name
    if last and last.state == "interrupted":
        st.warning("The download was interrupted. It goes on where it was.")
    elif last and last.message:
        tell.refusal(last.message)
    st.text(facts.attribution)
    if not powers.may(Action.FETCH):
        st.info("These photos are not on this server yet. Its owner can fetch them.")
        return None
    st.caption(f"The download is {facts.megabytes} MB. What has come is kept if it breaks off.")
    if st.button(f"Download the {facts.title} photos"):
        job.start(folder, fetch_job.words(facts))
    with st.expander("Without a network"):
        ask_archive(facts)
    return None


def ask_archive(facts: Published) -> None:
    """Take the archive that somebody has fetched elsewhere, by upload or from this machine."""
    st.write(
        "Get the archive on another machine and give it here. Or take synthetic concrete, which "
        "needs no network."
    )
    fits = facts.megabytes <= config.MAX_UPLOAD_MB
    give = ask_upload(facts) if fits else ask_path(facts)
    if st.button("Take this archive", disabled=give is None) and give:
        try:
            path = give()
        except InputError as error:
            tell.refusal(error)
        else:
            job.start(fetch_job.folder(facts), fetch_job.words(facts, path))


def ask_upload(facts: Published) -> Callable[[], Path] | None:
    """Ask for an archive as a file; give what keeps it and gives its path."""
    uploads.expect()
    most = config.MAX_UPLOAD_MB
    key = uploads.key(f"archive-{facts.name}")
    upload = st.file_uploader(f"Archive of the {facts.title} photos", max_upload_size=most, key=key)
    st.caption("A RAR or a ZIP as published. Its content is checked.")
    return partial(fetch_job.keep, facts, upload) if upload else None


def ask_path(facts: Published) -> Callable[[], Path] | None:
    """Ask for an archive that is larger than an upload may be; give what gives its path."""
    text = st.text_input(f"Archive of the {facts.title} photos")
    st.caption("The path of the file on the machine that runs this app.")
    return typed.path(text).absolute if text.strip() else None
