"""Who is at the page, and what they may do."""

import streamlit as st
from streamlit import runtime

from crackcls import config, memory, stored
from crackcls.access import door, modes, owner, visitors
from crackcls.access.modes import Action, Limits
from crackcls.datasets import shipped_photos
from crackcls.datasets.keeping import Keeper
from crackcls.errors import InputError
from crackcls.evaluation import store
from crackcls.evaluation.store import Evaluation
from crackcls.names import markdown
from crackcls.runs import belonging, folders, nicknames
from crackcls.widgets import lost, navigation, tell, uploads

# Who one is where no cookie came, as long as the session lives.
SESSION = "visitor"
SAID = {
    (modes.OWN, modes.OWNER): "You own this server.",
    (modes.CLASS, modes.OWNER): "You own this server, the others are a class.",
    (modes.DEMO, modes.OWNER): "You own this server, the others see a demo.",
    (modes.CLASS, modes.STUDENT): "A class: the teacher sees what you train. You are {called}.",
    (modes.OWN, modes.VISITOR): "Demo: nothing you upload is kept.",
    (modes.DEMO, modes.VISITOR): "Demo: nothing you upload is kept.",
}


def enter() -> None:
    """Show the ways and who one is here; go no further where the mode is none."""
    navigation.show()
    try:
        owner.check()
        memory.check()
        said = SAID[mode(), role()].format(called=markdown(called(visitor())))
    except InputError as error:
        tell.refusal(str(error))
        st.stop()
    uploads.arrive()
    st.sidebar.caption(said)
    # In the mode `own` the browser at the machine is the proof, and there is nothing to leave.
    if (role(), mode()) != (modes.OWNER, modes.OWN):
        base = str(st.get_option("server.baseUrlPath") or "").strip("/")
        path = f"{'/' + base if base else ''}{door.PATH}"
        words = "Leave as its owner" if role() == modes.OWNER else "This is my server"
        way = f'<a href="{path}" target="_self">{words}</a>'
        st.sidebar.caption(way, unsafe_allow_html=True)
    lost.show(st.context.headers.get(lost.HEADER, ""), may(Action.TRAIN))


def mode() -> str:
    """Give the mode of this server.

    Raises:
        InputError: It is none.
    """
    return modes.mode_of(st.get_option("server.address") if is_served() else "localhost")


def role() -> str:
    """Give who is at the page: the owner, a student or a visitor."""
    return modes.role_of(mode(), is_proved())


def is_proved() -> bool:
    """Tell whether the door has let the session in as the owner.

    Streamlit's AppTest has no server and so no door: there the one who tests is the owner of
    what a person owns at home, and a stranger in any other mode.
    """
    if not is_served():
        return mode() == modes.OWN
    return mark() == modes.OWNER


def mark() -> str:
    """Give whom the door has let in; nothing where it knows nobody."""
    return owner.read_mark(st.context.headers.get(door.MARK, "")) or ""


def visitor() -> str:
    """Give whose things are that one makes here, as `belonging.give` takes it."""
    if role() == modes.OWNER:
        return ""
    known = mark() if is_served() else ""
    return known or st.session_state.setdefault(SESSION, visitors.called(visitors.new()))


def is_served() -> bool:
    """Tell whether a server of Streamlit runs; AppTest has a stand-in of another type."""
    return runtime.exists() and type(runtime.get_instance()) is runtime.Runtime


def may(action: Action) -> bool:
    """Tell whether the one at the page may do something."""
    return modes.may(role(), action)


def limits() -> Limits:
    """Give how much the one at the page may ask for."""
    return modes.LIMITS[role()]


def called(visitor: str) -> str:
    """Say who somebody is: by the nickname, any text, and a number that nobody can choose."""
    if not visitor:
        return "the owner"
    nickname = nicknames.of(visitor)
    return f"{nickname} ({visitor[:6]})" if nickname else f"student {visitor[:6]}"


def is_mine(name: str) -> bool:
    """Tell whether a run was started by the one at the page."""
    return belonging.of(config.models_folder() / name) == visitor()


def check_may_take(name: str) -> None:
    """Check that nobody else's run has a name: a failed run would make room for another.

    Raises:
        InputError: One has.
    """
    if stored.is_there(folders.folder_of(name)) and not may_manage(name):
        raise InputError(f"A model name must be new, and '{name}' is not. Choose another name.")


def may_see(name: str) -> bool:
    """Tell whether the one at the page may see that a run is there, and its figures."""
    known = (*config.SHIPPED_MODELS, folders.in_use())
    if may(Action.SEE_ALL) or name in known or is_mine(name):
        return True
    return may(Action.SEE_SHARED) and belonging.is_shared(config.models_folder() / name)


def may_see_images(name: str) -> bool:
    """Tell whether the one at the page may see the images that a run was trained on."""
    return may(Action.SEE_ALL) or name in config.SHIPPED_MODELS or is_mine(name)


def may_take(name: str) -> bool:
    """Tell whether the one at the page may take a model away: own, shipped or shared."""
    is_shared = may(Action.SEE_SHARED) and belonging.is_shared(config.models_folder() / name)
    return may_see_images(name) or is_shared


def may_manage(name: str) -> bool:
    """Tell whether the one at the page may stop, resume, rename and delete a run."""
    return may(Action.MANAGE_ALL) or (may(Action.MANAGE_OWN) and is_mine(name))


def may_evaluate(name: str) -> bool:
    """Tell whether the one at the page may evaluate a model on other data."""
    return may(Action.EVALUATE) and may_manage(name)


def may_judge_shipped(name: str) -> bool:
    """Tell whether the one at the page may let a model judge the photos that come with the app."""
    return may(Action.EVALUATE) and may_take(name)


def keeper() -> Keeper:
    """Give whose uploads and runs one makes here, and how much of them may be kept."""
    most = limits()
    return Keeper(visitor(), most.uploads, most.disk_mb)


def tell_missing(lacks: list[str]) -> None:
    """Say that nothing can be trained with here, and who can change it: the owner."""
    if role() == modes.OWNER:
        st.info(
            "Nothing can be trained here. Training needs the full installation, and this one "
            f"only serves: it is without {', '.join(lacks)}."
        )
    else:
        st.info("Nothing can be trained here. Ask whoever runs this server to add training.")


def visible_runs() -> list[folders.Run]:
    """List the runs that the one at the page may see, the latest first."""
    return [run for run in folders.list_runs() if may_see(run.name)]


def visible_models() -> list[folders.Run]:
    """List the models that the one at the page may see, the one in use first."""
    return [run for run in folders.list_models() if may_see(run.name)]


def visible_evaluations(run: folders.Run) -> list[Evaluation]:
    """List a model's evaluations that the one at the page may see.

    What a model was judged on beside its own test part is its owner's, but for the photos that
    come with the app.
    """
    found = store.list_evaluations(run)
    if may_manage(run.name):
        return found
    return [one for one in found if one.is_own or shipped_photos.are(one.data, one.images)]
