"""Settings of a new run: what a student decides, and the rest behind a button."""

import streamlit as st

from crackcls import config
from crackcls.widgets import powers

# What learns, in a student's words, and what that means.
LEARNS = {
    "head": ("The last layer", "A minute or two. The rest of the network stays as it is."),
    "top": ("The last blocks", "Some ten times as long."),
    "all": ("The whole network", "Takes long, and holds better on concrete from elsewhere."),
}
HELP = {
    "epochs": "One epoch is one pass over all training images.",
    "batch_size": "Images between two corrections of the network.",
    "image_size": "Images are shrunk to so many pixels a side. Larger is slower.",
    "learning_rate": "How far each correction goes. Too far overshoots, too little takes long.",
    "split": "'grouped' keeps copies of an image out of the test, 'random' lets them in.",
    "seed": "The same number gives the same split and order.",
    "precision": "Numbers that the model computes with. int8 is twice as fast as float32.",
    "class_weights": "'balanced' lets each class count alike. With 'none' a rare one is hardly "
    "learned.",
    "limit": "Use only so many images, for a quick try. 0 takes all.",
}


def ask(given: bool, images: int) -> tuple[str, list[str], config.TrainConfig]:
    """Show the form; give the name, the command's arguments and what the time hangs on.

    Args:
        given: Whether a split that the data gives is kept.
        images: How many there are; 0 where that is not known yet.
    """
    name = st.text_input("Name of the model", placeholder="my-model", key="new-name")
    st.caption("Letters, digits, '-' and '_'. Empty takes the name of the data and a number.")
    fine_tune = st.radio(
        "What learns",
        [*LEARNS],
        format_func=lambda kind: LEARNS[kind][0],
        captions=[words for _, words in LEARNS.values()],
        key="what-learns",
    )
    if fine_tune not in LEARNS:  # What a browser sends may be any text.
        st.stop()
    most, usual = powers.limits().epochs, config.FINE_TUNE_EPOCHS[fine_tune]
    epochs = st.number_input("Epochs", 1, most, usual)
    st.caption(HELP["epochs"])
    with st.expander("More settings"):
        more, size, limit = _ask_more(fine_tune, given, images)
    chosen = {"--fine-tune": fine_tune, "--epochs": epochs, **more}
    arguments = [str(word) for pair in chosen.items() if pair[1] is not None for word in pair]
    settings = config.TrainConfig(epochs=epochs, image_size=size, fine_tune=fine_tune, limit=limit)
    return name, arguments, settings


def _ask_more(
    fine_tune: str, given: bool, images: int
) -> tuple[dict[str, object], int, int | None]:
    """Ask what has a good default: give the options, the size of the images and how many."""
    default, limits = config.TrainConfig(), powers.limits()
    sizes, at = config.IMAGE_SIZES, config.IMAGE_SIZES.index(default.image_size)
    rate, usual = (
        config.FINE_TUNE_LEARNING_RATES[fine_tune],
        config.batch_size_for(fine_tune, images),
    )
    splits = ["given"] if given else config.DRAWN_SPLITS
    most = limits.pictures
    limit = st.number_input("Limit", 1 if most else 0, most, most or 0, 100) or None
    _say("limit")
    size = st.selectbox("Image size", sizes, at)
    _say("image_size")
    more: dict[str, object] = {"--limit": limit, "--minutes": limits.minutes, "--image-size": size}
    more["--batch-size"] = st.number_input("Batch size", 1, 1024, usual)
    _say("batch_size")
    more["--learning-rate"] = st.number_input("Learning rate", 1e-6, 1.0, rate, format="%g")
    _say("learning_rate")
    more["--split"] = st.selectbox("Split", splits, disabled=given)
    _say("split")
    more["--precision"] = st.selectbox("Precision", config.FINE_TUNE_PRECISIONS[fine_tune])
    _say("precision")
    more["--class-weights"] = st.selectbox("Class weights", config.CLASS_WEIGHTS)
    _say("class_weights")
    more["--seed"] = st.number_input("Seed", 0, 2**32 - 1, default.seed)
    _say("seed")
    return more, size, limit


def _say(setting: str) -> None:
    """Say what a setting is for: a help that comes on hovering is out of a thumb's reach."""
    st.caption(HELP[setting])
