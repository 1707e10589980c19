"""What near copies do to a score: the random and the grouped split, over several seeds."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from crackcls import config, events, installed, kept
from crackcls.config import TrainConfig
from crackcls.datasets import copies
from crackcls.evaluation.report import near_copy_report, predictions
from crackcls.labelled import Labelled
from crackcls.network import prefix
from crackcls.network.build import after_cut
from crackcls.training import steps


def compare(
    labelled: Labelled, settings: TrainConfig, seeds: Sequence[int], emit: events.Emit
) -> pd.DataFrame:
    """Train and test on both splits, with the settings of a model.

    The frozen part runs once over each image for all of them. A comparison that broke off goes on
    with the trainings that it has not done.

    Args:
        labelled: The images.
        settings: Settings of the runs; split and seed are set here.
        seeds: One training for each seed and split.
        emit: Hears the progress.

    Returns:
        One row for each split and seed: `split`, `seed`, `images` and `wrong` of the test part,
        `accuracy`, `share_with_copy` (of the test images, that have a near copy in training),
        `images_without_copy` and `accuracy_without_copy` (NaN where there are none).

    Raises:
        InputError: The data breaks a rule, or this installation only serves.
    """
    installed.check_training()
    images = steps.read_images(labelled, settings, emit)
    frozen = steps.open_prefix(
        labelled,
        settings,
        steps.scale_of(labelled, images),
        lambda: steps.build_network(labelled, settings),
    )
    images = steps.run_backbone(labelled, images, frozen, settings, emit)
    found = copies.find_copies(prefix.read_fingerprints(list(images["sha256"])))
    each = [(mode, seed) for mode in config.DRAWN_SPLITS for seed in seeds]
    keys = {f"{mode} {seed}": (mode, seed) for mode, seed in each}

    def train(key: str) -> dict[str, Any]:
        mode, seed = keys[key]
        chosen = replace(settings, split=mode, seed=seed)
        emit("note", text=f"{mode} split, seed {seed}: {[*keys].index(key) + 1} of {len(each)}")
        parts = steps.with_parts(images, found, chosen)
        return {"split": mode, "seed": seed, **_run(labelled, parts, frozen, chosen, emit)}

    fixed = replace(settings, split="", seed=0)
    return pd.DataFrame(kept.each(steps.about(images, fixed, "compare-splits"), [*keys], train))


def _run(
    labelled: Labelled,
    parts: pd.DataFrame,
    frozen: prefix.Prefix,
    settings: TrainConfig,
    emit: events.Emit,
) -> dict[str, Any]:
    """Train once and test once."""
    from crackcls.training.fit import outputs

    network = steps.build_network(labelled, settings)
    with tempfile.TemporaryDirectory() as place:
        steps.fit(parts, network, frozen, settings, Path(place), emit)
    test = parts[parts["part"] == "test"]
    run = after_cut(network, settings.fine_tune)
    _, probabilities = outputs(run, steps.parts_of(parts, frozen)[2])
    actual = [labelled.classes[label] for label in test["label"]]
    table = predictions(list(test["file"]), probabilities, labelled.classes, actual)
    near = near_copy_report(table, parts)
    return {
        "images": len(table),
        "wrong": int((table["actual"] != table["predicted"]).sum()),
        "accuracy": float((table["actual"] == table["predicted"]).mean()),
        "share_with_copy": near["share_of_test_images"],
        "images_without_copy": near["images_without_copies"],
        "accuracy_without_copy": near["accuracy_without_copies"],
    }
