"""The three parts: sizes, groups, leaks, order, choice and the CSV file."""

import hashlib
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from crackcls import config, parallel
from crackcls.datasets import copies, split
from crackcls.datasets.copies import Copies
from crackcls.errors import InputError
from tests.conftest import METU, needs_metu


def shas(count: int) -> list[str]:
    return [hashlib.sha256(str(number).encode()).hexdigest() for number in range(count)]


def copies_of(sizes: list[int]) -> Copies:
    """Link images in chains of the given lengths, one after another."""
    starts = np.cumsum([0, *sizes[:-1]])
    chains = [(s + i, s + i + 1) for s, n in zip(starts, sizes, strict=True) for i in range(n - 1)]
    return Copies(np.arange(sum(sizes)), np.array(chains, int).reshape(-1, 2))


def sizes_by_class(table: pd.DataFrame, labels: list[str]) -> dict[str, tuple[int, ...]]:
    counts = Counter(zip(labels, table["part"], strict=True))
    return {name: tuple(counts[name, part] for part in split.PARTS) for name in set(labels)}


MIXED = [2, 3, 4, 5] * 10 + [1] * 160  # 140 images in groups and 160 alone.
TWO_CLASSES = ["crack"] * 300 + ["sound"] * 300


@pytest.mark.parametrize(
    ("count", "sizes"),
    [
        (40_000, (28_000, 9_600, 2_400)),
        (20_000, (14_000, 4_800, 1_200)),
        (10_000, (7_000, 2_400, 600)),
        (100, (70, 24, 6)),
        (45, (31, 11, 3)),
        (40, (28, 9, 3)),
        (10, (7, 2, 1)),
        (4, (2, 1, 1)),
        (3, (1, 1, 1)),
        (2, (1, 0, 1)),
        (0, (0, 0, 0)),
    ],
)
def test_parts_are_70_percent_and_80_to_20_of_the_rest(count, sizes):
    assert split.part_sizes(count) == sizes


@pytest.mark.parametrize("mode", ["grouped", "random"])
@pytest.mark.parametrize("sizes", [MIXED * 2, ([5] * 56 + [1] * 20) * 2, [1] * 600])
def test_each_image_is_in_one_part_and_each_part_has_its_size(mode: str, sizes: list[int]):
    expected = {"crack": (210, 72, 18), "sound": (210, 72, 18)}
    for seed in range(5):
        table = split.make_split(shas(600), TWO_CLASSES, copies_of(sizes), mode, seed)
        assert sizes_by_class(table, TWO_CLASSES) == expected
    assert table["sha256"].tolist() == shas(600)


def test_copies_stay_in_one_part_and_leak_nothing():
    table = split.make_split(shas(600), TWO_CLASSES, copies_of(MIXED * 2), "grouped", 1)
    numbers = np.repeat(np.arange(400), MIXED * 2)
    assert pd.Series(table["part"]).groupby(numbers).nunique().max() == 1
    assert table["group"].groupby(numbers).nunique().max() == 1
    assert table["group"].nunique() == 400
    assert not table["copy_in_training"].any()


def test_a_copy_under_another_class_stays_in_the_same_part():
    links = np.array([(number, 300 + number) for number in range(100)])
    table = split.make_split(shas(600), TWO_CLASSES, Copies(np.arange(600), links), "grouped", 1)
    assert table["part"][:100].tolist() == table["part"][300:400].tolist()
    assert sizes_by_class(table, TWO_CLASSES) == {"crack": (210, 72, 18), "sound": (210, 72, 18)}


def test_a_random_split_counts_the_copies_that_leak():
    identity = np.array([0, 0, *range(1, 99)])
    links = np.array([(number, number + 1) for number in range(3, 60, 2)])
    copies = Copies(identity, links)
    table = split.make_split(shas(100), ["crack"] * 100, copies, "random", 1)
    is_copy = {*map(tuple, links), *map(tuple, links[:, ::-1]), *((n, n) for n in range(99))}
    training = [i for i in range(100) if table["part"][i] == "train"]
    leaked = [
        table["part"][i] != "train" and any((identity[i], identity[j]) in is_copy for j in training)
        for i in range(100)
    ]
    assert table["copy_in_training"].tolist() == leaked
    assert 5 < sum(leaked) < 30


@pytest.mark.parametrize("mode", ["grouped", "random"])
def test_the_order_of_files_does_not_matter_and_the_seed_does(mode: str):
    names, labels, copies = np.array(shas(600)), np.array(TWO_CLASSES), copies_of(MIXED * 2)
    names[599], copies.identity[599] = names[598], 598  # An exact copy.

    def parts(order: np.ndarray, seed: int) -> Counter:
        shuffled = Copies(copies.identity[order], copies.pairs)
        table = split.make_split(list(names[order]), list(labels[order]), shuffled, mode, seed)
        return Counter(zip(table["sha256"], table["part"], strict=True))

    straight, mixed = np.arange(600), np.random.default_rng(5).permutation(600)
    assert parts(straight, 1) == parts(mixed, 1)
    assert parts(straight, 1) != parts(straight, 2)


@pytest.mark.parametrize(
    ("mode", "digest"), [("grouped", "179f7b9160571190"), ("random", "af770dd3a7e04523")]
)
def test_a_split_without_photographs_is_the_one_that_it_always_was(mode: str, digest: str):
    table = split.make_split(shas(600), TWO_CLASSES, copies_of(MIXED * 2), mode, 1)
    assert hashlib.sha256(" ".join(table["part"]).encode()).hexdigest().startswith(digest)


@needs_metu
@pytest.mark.slow
def test_the_split_of_the_shipped_model_can_be_made_again():
    kept = split.load_split(config.PROJECT / "models" / "metu" / "split.csv")

    def fingerprint(file: str) -> np.ndarray:
        with Image.open(METU / file) as image:
            return copies.fingerprint(image.convert("RGB"))

    prints = np.stack(list(parallel.ordered_map(fingerprint, kept["file"])))
    labels = [file.split("/")[0] for file in kept["file"]]
    found = copies.find_copies(prints)
    table = split.make_split(list(kept["sha256"]), labels, found, "grouped", 12345)
    assert table.to_dict("list") == kept.drop(columns="file").to_dict("list")


@pytest.mark.parametrize("seed", range(4))
def test_groups_come_to_each_part_in_its_share(seed: int):
    copies = copies_of([2] * 1000 + [1] * 2000)
    table = split.make_split(shas(4000), ["crack"] * 4000, copies, "grouped", seed)
    pairs = Counter(table["part"][:2000:2])
    assert 30 <= pairs["test"] <= 100
    assert 180 <= pairs["validation"] <= 300
    assert 640 <= pairs["train"] <= 760


@pytest.mark.parametrize(
    ("labels", "sizes", "missing"),
    [
        (["crack"] * 20 + ["rare"] * 2, [1] * 22, "'rare' with 2 leaves none for validation"),
        (["crack"] * 20 + ["copied"] * 9, [1] * 20 + [9], "'copied' with 9 leaves none for"),
    ],
)
def test_a_class_too_small_for_three_parts_is_named(labels, sizes, missing):
    with pytest.raises(InputError, match=missing):
        split.make_split(shas(len(labels)), labels, copies_of(sizes), "grouped", 1)


@pytest.mark.parametrize("mode", ["grouped", "random"])
@pytest.mark.parametrize("sizes", [[1, 1, 1], [4, 1, 1], [2, 2, 2, 2], [9, 3, 3], [1] * 12])
def test_each_part_gets_some_of_a_rare_class(sizes: list[int], mode: str):
    labels = ["rare"] * sum(sizes) + ["sound"] * 190
    for seed in range(20):
        copies = copies_of([*sizes, *[1] * 190])
        table = split.make_split(shas(len(labels)), labels, copies, mode, seed)
        assert min(sizes_by_class(table, labels)["rare"]) > 0


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (50, {"crack": 30, "sound": 20}),
        (10, {"crack": 6, "sound": 4}),
        (100, {"crack": 60, "sound": 40}),
        (None, {"crack": 60, "sound": 40}),
        (999, {"crack": 60, "sound": 40}),
    ],
)
def test_a_choice_keeps_the_shares_of_classes(limit, expected):
    labels = ["crack"] * 60 + ["sound"] * 40
    chosen = split.choose(shas(100), labels, limit, 1)
    assert Counter(labels[index] for index in chosen) == expected
    assert np.array_equal(chosen, np.unique(chosen))


@pytest.mark.parametrize(
    ("limit", "expected"),
    [(10, (3, 7)), (20, (3, 17)), (101, (6, 95)), (5, (0, 5)), (6, (3, 3))],
)
def test_a_choice_takes_some_of_a_rare_class(limit: int, expected: tuple[int, int]):
    labels = ["crack"] * 12 + ["sound"] * 190
    chosen = Counter(labels[index] for index in split.choose(shas(202), labels, limit, 1))
    assert (chosen["crack"], chosen["sound"]) == expected


@pytest.mark.parametrize("classes", ["ab", "abc"])
@pytest.mark.parametrize("limit", [3, 4, 7, 10, 20])
def test_as_many_are_chosen_as_asked_for(classes: str, limit: int):
    labels = list(classes) * (60 // len(classes))
    chosen = split.choose(shas(60), labels, limit, 1)
    assert len(chosen) == limit
    assert {labels[index] for index in chosen} == set(classes)


def test_a_choice_follows_from_content_and_seed():
    names, labels = shas(100), ["crack"] * 60 + ["sound"] * 40

    def content(order: list[int], seed: int) -> set[str]:
        shuffled = [names[index] for index in order]
        chosen = split.choose(shuffled, [labels[index] for index in order], 20, seed)
        return {shuffled[index] for index in chosen}

    straight, backwards = list(range(100)), list(range(99, -1, -1))
    assert content(straight, 1) == content(backwards, 1)
    assert content(straight, 1) != content(straight, 2)


@pytest.mark.parametrize(
    "name",
    [
        "crack/a, b.jpg",
        'crack/"quoted".jpg',
        "crack/ひび割れ größe.jpg",
        "crack/NA",
        "NA",
        "null",
        "crack/'=1+1.jpg",
        " led by a space",
        "crack/two\nlines.jpg",
        "crack/return\r.jpg",
    ],
)
def test_a_saved_split_reads_back_as_it_was(tmp_path, name: str):
    files = pd.Series([name, *(f"crack/{number}.jpg" for number in range(19))], name="file")
    table = split.make_split(shas(20), ["crack"] * 20, copies_of([2] * 5 + [1] * 10), "random", 1)
    whole = pd.concat([files, table], axis=1)
    split.save_split(whole, tmp_path / "split.csv")
    assert split.load_split(tmp_path / "split.csv").to_dict("list") == whole.to_dict("list")


def photographs(rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """Make up 230 photographs of 4 to 400 pieces, most of which have few cracks."""
    of, labels = [], []
    for number, size in enumerate(rng.integers(4, 401, 230)):
        of += [f"photograph {number}"] * size
        labels += np.where(rng.random(size) < rng.beta(0.5, 2), "crack", "sound").tolist()
    return of, labels


@pytest.mark.parametrize("seed", range(5))
def test_photographs_stay_whole_and_the_parts_near_their_shares(seed: int):
    of, labels = photographs(np.random.default_rng(seed))
    of, labels = [*of, *[""] * 1000], [*labels, *TWO_CLASSES[:500], *TWO_CLASSES[-500:]]
    copies = copies_of([1] * (len(of) - 1000) + [2] * 500)
    sets = ["sdnet2018" if one else "metu" for one in of]
    strata = [f"{label} of {name}" for label, name in zip(labels, sets, strict=True)]
    table = split.make_split(shas(len(of)), strata, copies, "grouped", seed, of)
    pieces = table[: len(of) - 1000].groupby(of[:-1000])
    assert pieces["part"].nunique().max() == 1
    assert pieces["group"].nunique().max() == 1
    assert not table["copy_in_training"].any()
    for sizes in sizes_by_class(table, strata).values():
        shares = [size / sum(sizes) for size in sizes]
        assert shares == pytest.approx([0.70, 0.24, 0.06], abs=0.01)


def test_a_copy_joins_two_photographs():
    of = [f"p{number // 4}" for number in range(400)]
    copies = Copies(np.arange(400), np.array([[0, 399], [5, 202]]))
    table = split.make_split(shas(400), ["crack"] * 400, copies, "grouped", 1, of)
    assert table["part"][0] == table["part"][399] and table["part"][5] == table["part"][202]
    assert table["group"].nunique() == 98


def test_few_buildings_leave_no_part_without_a_class():
    for count in range(3, 9):
        of = [f"building {number % count}" for number in range(600)]
        table = split.make_split(shas(600), TWO_CLASSES, copies_of([1] * 600), "grouped", 1, of)
        assert table["part"].groupby(of).nunique().max() == 1
        assert min(min(sizes) for sizes in sizes_by_class(table, TWO_CLASSES).values()) > 0


GIVEN = np.array(([0] * 60 + [1] * 20 + [2] * 20) * 6)


def test_a_given_split_is_kept_and_its_near_copies_are_counted():
    links = np.array([(0, 60), (1, 80), (2, 3), (61, 81)])
    table = split.make_split(
        shas(600), TWO_CLASSES, Copies(np.arange(600), links), "given", 1, given=GIVEN
    )
    assert table["part"].tolist() == [split.PARTS[part] for part in GIVEN]
    assert np.flatnonzero(table["copy_in_training"]).tolist() == [60, 80]


@pytest.mark.parametrize(
    ("given", "sizes"),
    [
        (np.where(GIVEN == 1, 0, GIVEN), (179, 61, 60)),
        (np.where(GIVEN == 2, 0, GIVEN), (222, 60, 18)),
        (np.zeros(600, int), (210, 72, 18)),
    ],
    ids=["no validation", "no test", "neither"],
)
def test_a_part_that_is_not_given_is_taken_from_training_by_the_usual_rule(given, sizes):
    copies = copies_of([2] * 300)
    table = split.make_split(shas(600), TWO_CLASSES, copies, "given", 1, given=given)
    for found in sizes_by_class(table, TWO_CLASSES).values():
        assert found == pytest.approx(sizes, abs=1)
    kept = given > 0
    assert table["part"][kept].tolist() == [split.PARTS[part] for part in given[kept]]
    pairs = table["part"].to_numpy().reshape(-1, 2)
    assert (pairs[:, 0] == pairs[:, 1]).all()


def test_a_class_that_a_given_part_lacks_is_taken_from_its_training():
    given = np.where(np.array(TWO_CLASSES) == "sound", GIVEN, 0)
    table = split.make_split(shas(600), TWO_CLASSES, copies_of([1] * 600), "given", 1, given=given)
    counts = sizes_by_class(table, TWO_CLASSES)
    assert counts == {"crack": (210, 72, 18), "sound": (180, 60, 60)}


def test_a_random_split_tears_photographs():
    of = [f"p{number // 100}" for number in range(400)]
    table = split.make_split(shas(400), ["crack"] * 400, copies_of([1] * 400), "random", 1, of)
    assert table["part"].groupby(of).nunique().max() == 3
    assert sizes_by_class(table, ["crack"] * 400) == {"crack": (280, 96, 24)}


def test_a_class_of_a_set_in_two_photographs_is_refused_by_name():
    labels = ["sound of wall"] * 40 + ["crack of bridge"] * 40
    of = [""] * 40 + ["p1"] * 20 + ["p2"] * 20
    with pytest.raises(InputError, match="'crack of bridge' with 40 leaves none for"):
        split.make_split(shas(80), labels, copies_of([1] * 80), "grouped", 1, of)
