"""The table of a training's images where there are several sets or photographs."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crackcls.datasets import image_table
from crackcls.errors import InputError
from crackcls.labelled import DataSet, Labelled, Levels, set_of
from tests.datasets.test_split import shas


def made_up(*sizes: tuple[str, int, int], **more) -> Labelled:
    """Name sets with so many sound and cracked images; `more` goes to the first set."""
    named = [
        (f"{name}/{label}/{number}.jpg", label)
        for name, *counts in sizes
        for label, count in enumerate(counts)
        for number in range(count)
    ]
    files, labels = zip(*named, strict=True)
    first, *others = (DataSet(name, Path(name)) for name, *_ in sizes)
    sets = (DataSet(first.name, first.folder, **more), *others)
    return Labelled(Path("all"), ("Negative", "Positive"), files, labels, sets)


ONE = Labelled(Path("wall"), ("a", "b"), ("a/1.jpg", "b/2.jpg"), (0, 1))


def test_one_folder_has_no_column_more():
    assert image_table.columns(ONE) == {}
    table = pd.DataFrame({"file": ONE.files, "label": ONE.labels})
    assert image_table.strata(table) == ["a", "b"]
    assert image_table.together(table) is None
    assert image_table.counts_by_part(table.assign(part="train")) == {}
    assert image_table.torn(table.assign(part="train"), image_table.PHOTOGRAPH) == 0


def test_several_sets_have_set_and_class_and_a_weight_where_one_is_not_1():
    columns = image_table.columns(made_up(("metu", 1, 1), ("bricks", 1, 0)))
    assert columns == {
        "set": ["metu", "metu", "bricks"],
        "class": ["Negative", "Positive", "Negative"],
    }
    weighted = image_table.columns(made_up(("metu", 1, 1), ("bricks", 1, 0), weight=2.0))
    assert weighted["weight"] == [2.0, 2.0, 1.0]


def test_photographs_carry_the_name_of_their_set():
    files = tuple(f"sdnet2018/Cracked/decks_7001-{number}.jpg" for number in range(2))
    both = DataSet("sdnet2018", Path("x")), DataSet("metu", Path("y"))
    labelled = Labelled(
        Path("all"), ("Negative", "Positive"), (*files, "metu/P/7001-1.jpg"), (1, 1, 1), both
    )
    found = image_table.columns(labelled)["photograph"]
    assert found == ["sdnet2018/decks_7001", "sdnet2018/decks_7001", ""]


def test_what_folders_say_beside_the_class_is_in_columns_of_its_own():
    levels = Levels(groups=("A", "", "A"), parts=("train", "test", ""))
    files = ("train/a/1.jpg", "test/b/2.jpg", "a/3.jpg")
    labelled = Labelled(Path("x"), ("a", "b"), files, (0, 1, 0), levels=levels)
    columns = image_table.columns(labelled)
    assert columns == {
        "class": ["a", "b", "a"],
        "given_part": ["train", "test", ""],
        "belongs_to": ["A", "", "A"],
    }
    table = pd.DataFrame({"file": files, **columns})
    assert image_table.strata(table) == ["a", "b", "a"]
    assert image_table.given_parts(table).tolist() == [0, 2, 0]
    named = Levels(group_by="(.)", photographs=("7001", "", "7002"))
    found = image_table.columns(replace(labelled, levels=named))
    assert found["photograph"] == ["x/7001", "", "x/7002"]


def test_images_of_one_building_or_one_photograph_stay_together():
    table = pd.DataFrame(
        {"belongs_to": ["A", "A", "B", "", "C"], "photograph": ["", "1", "1", "", "2"]}
    )
    found = image_table.together(table)
    assert found[3] == ""
    assert found[0] == found[1] == found[2] != found[4] != ""
    assert image_table.together(table[["belongs_to"]]) == ["A", "A", "B", "", "C"]


@pytest.mark.parametrize("parts", [None, ["test", "", "validation"]])
def test_a_given_split_without_training_images_is_refused(parts):
    table = pd.DataFrame({"file": ["1", "2", "3"]})
    with pytest.raises(InputError, match="it has no images for training"):
        image_table.given_parts(table.assign(given_part=parts) if parts else table)


def test_a_cap_takes_of_one_set_and_a_limit_of_all_each_class_in_its_share():
    labelled = made_up(("metu", 60, 40), ("bridge", 20, 30), cap=50)
    names = shas(150)

    def counts(limit: int | None) -> dict[tuple[str, int], int]:
        chosen = image_table.choose(labelled, names, limit, 1)
        assert np.array_equal(chosen, np.unique(chosen))
        return dict(Counter((set_of(labelled.files[i]), labelled.labels[i]) for i in chosen))

    capped = {("metu", 0): 30, ("metu", 1): 20, ("bridge", 0): 20, ("bridge", 1): 30}
    assert counts(None) == capped
    assert counts(50) == {key: count // 2 for key, count in capped.items()}


def test_strata_counts_and_torn_photographs():
    table = pd.DataFrame(
        {
            "file": ["m/a/1", "m/b/2", "s/a/3", "s/a/4"],
            "part": ["train", "test", "train", "validation"],
            "set": ["m", "m", "s", "s"],
            "class": ["Negative", "Positive", "Negative", "Negative"],
            "photograph": ["", "", "s/7001", "s/7001"],
        }
    )
    assert image_table.strata(table) == ["Negative of m", "Positive of m"] + ["Negative of s"] * 2
    assert image_table.counts_by_part(table)["sets"] == {
        "m": {"train": 1, "validation": 0, "test": 1},
        "s": {"train": 1, "validation": 1, "test": 0},
    }
    assert image_table.torn(table, image_table.PHOTOGRAPH) == 1
    assert image_table.torn(table, image_table.GROUP) == 0
    assert list(image_table.last(table)) == ["file", "part", "set", "class", "photograph"]
