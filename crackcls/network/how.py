"""What a model was trained on and how it judges photos, in words."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crackcls.network import scale
from crackcls.network.pieces import Pieces
from crackcls.network.scale import PATCH, Scale
from crackcls.runs.folders import model_of


def in_words(trained_on: Scale | None, pieces: Pieces | None, side: int) -> str:
    """Say in a sentence what a model was trained on and how it judges photos.

    Args:
        trained_on: Sizes of the images of the training; None where they are not known.
        pieces: Into which photos are cut; None where they are seen whole.
        side: Side of the model's input in pixels.
    """
    if trained_on is None:
        return f"Made for patches of about {PATCH} x {PATCH} pixels, judges larger photos in tiles."
    what = scale.in_words(trained_on)
    if trained_on.is_of_patches:
        return f"Trained on {what}, judges larger photos in tiles."
    seen = f"squeezed to {side} x {side}"
    if pieces:
        seen = f"seen whole and in {pieces.along} x {pieces.across} pieces"
    return f"Trained on {what}, each {seen}; judges photos whole, in the same way."


def of_model(folder: Path) -> str:
    """Say it of a model in its folder, see `in_words`.

    Raises:
        InputError: Its `model.json` is damaged.
    """
    return of_about(model_of(folder))


def of_about(about: Mapping[str, Any]) -> str:
    """Say it of what `model.json` says, see `in_words`."""
    kept = about.get("pieces")
    known = scale.from_json(about.get("trained_on"))
    return in_words(known, Pieces(**kept) if kept else None, about["image_size"])
