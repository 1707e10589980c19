"""What the words of the pages mean, one tap away on each of them."""

import streamlit as st

TERMS = {
    "Doubtful": "Something looks like what is looked for, too little for a verdict. Look closer.",
    "Unfamiliar": "The photo is unlike those of the training, so there is no verdict.",
    "Probability": "How sure the model is, from 0 to 100 %. Of a photo of several tiles: the "
    "lowest vote of the tiles that decide.",
    "Familiarity": "How much a photo looks like those of the training.",
    "Tile, vote": "A large photo is judged in overlapping squares. The vote of each is its "
    "probability, less where it looks unfamiliar.",
    "Sensitivity, threshold": "The lowest vote or probability that counts.",
    "Recall": "Of the photos of a class, the share that is found.",
    "Precision": "Of what is given to a class, the share that belongs there.",
    "False alarms": "Of the other photos, the share that is given to the class looked for.",
    "Accuracy": "Of all photos, the share that is called right.",
    "95 % interval": "Where a figure most likely lies, were it counted on photos like these "
    "without end.",
    "F1": "One figure of precision and recall, their harmonic mean.",
    "Equal error": "The threshold at which as large a share is missed as is called so by mistake.",
    "Cost": "False alarms, and each missed one times what it costs.",
    "ROC AUC": "How often a photo of a class gets a higher probability than one of another: 0.5 is "
    "guessing, 1 is perfect.",
    "Calibration error": "Mean gap between how sure the model is and how often it is right: 0 is "
    "perfect.",
    "Training, validation, test": "The model learns from the first part of the photos, its "
    "settings are chosen by the second, and it is measured on the third, which it has never seen.",
    "Near copy": "A photo of nearly the same place as another. A test on near copies of the "
    "training looks better than it is.",
    "Epoch": "One pass over all photos of the training.",
    "Fine-tuning": "A network that knows everyday photos learns to tell new ones apart.",
}
# The same words where cracks are looked for.
OF_CRACKS = {
    "Cracked, sound": "With a crack, and without one.",
    "Doubtful": "Something looks like a crack, too little for a verdict. Look closer.",
    "Tile, vote": "A large photo is judged in overlapping squares. The vote of each is its "
    "probability of a crack, less where it looks unfamiliar.",
    "Sensitivity, threshold": "The lowest vote or probability that counts as a crack.",
    "Recall": "Of the cracks, the share that is found.",
    "Precision": "Of what is called cracked, the share that is.",
    "False alarms": "Of the sound photos, the share that is called cracked.",
    "ROC AUC": "How often a cracked photo gets a higher probability than a sound one: 0.5 is "
    "guessing, 1 is perfect.",
}


def terms(of_cracks: bool) -> dict[str, str]:
    """Give what each word means.

    Args:
        of_cracks: Whether the model looks for cracks.
    """
    return TERMS | OF_CRACKS if of_cracks else TERMS


def show(of_cracks: bool = True) -> None:
    """Offer the glossary; of a model that looks for something else, without a word of cracks."""
    with st.popover("Glossary", icon=":material/menu_book:", type="tertiary"):
        known = terms(of_cracks).items()
        st.markdown("\n\n".join(f"**{term}**  \n{meaning}" for term, meaning in known))
