"""What is kept of a visitor's photos: bounded, files first, others' that were used longest ago."""

import gc
from dataclasses import replace

import pytest

from crackcls.errors import InputError
from crackcls.photos import shelf as shelves
from crackcls.photos.judged import Judged
from crackcls.photos.shelf import Photo, Shelf, Shelves
from tests.widgets.analyses import analysis_of


def photo(name: str, size: int = 100) -> Photo:
    return Photo(f"{name}.jpg", bytes(size), name)


def names(shelf: Shelf) -> str:
    return "".join(one.sha256 for one in shelf.photos.values())


def seen(preview: int) -> list[tuple[str, Judged | InputError]]:
    return [("", Judged("", bytes(preview), analysis_of([0.9], (1,))))]


def test_photos_stay_in_order_each_once_and_the_oldest_go():
    shelf = Shelf()
    shelf.put([photo("a"), photo("b"), photo("a")], most=3)
    assert names(shelf) == "ab"
    shelf.put([photo("c"), photo("d")], most=3)
    assert names(shelf) == "bcd"
    shelf.remove([photo("c").key, ("none", "none")])
    assert names(shelf) == "bd"


def test_a_label_and_what_was_seen_go_with_the_last_photo_of_their_content():
    shelf = Shelf()
    twin = replace(photo("a"), name="twin.jpg")
    shelf.put([photo("a"), twin, photo("b")], most=9)
    shelf.labels = {"a": "Positive", "b": "Negative"}
    shelf.seen = {("a", "1"): seen(1), ("b", "1"): seen(1), ("x", "1"): seen(1)}
    shelf.remove([twin.key])
    shelf.forget_all_but(["x"])
    assert (set(shelf.labels), len(shelf.seen)) == ({"a", "b"}, 3)
    shelf.remove([photo("a").key])
    shelf.forget_all_but([])
    assert (set(shelf.labels), set(shelf.seen)) == ({"b"}, {("b", "1")})


def test_files_of_one_go_before_what_was_seen_in_them():
    shelf = Shelves(most=10_000, of_one=1_000)
    mine = shelf.new()
    mine.put([photo("a", 400), photo("b", 400), photo("c", 400)], most=9)
    mine.seen["a", "1"] = seen(300)
    shelf.make_room(mine, "1")
    assert [len(one.content) for one in mine.photos.values()] == [0, 0, 400]
    assert ("a", "1") in mine.seen and mine.bytes() <= 1_000
    mine.put([photo("a", 400)], most=9)
    assert len(mine.photos[photo("a").key].content) == 400, "what comes again is kept again"


def test_what_other_models_saw_goes_before_what_this_one_saw():
    shelf = Shelves(most=10_000, of_one=1_000)
    mine = shelf.new()
    mine.put([photo("a", 400)], most=9)
    mine.seen = {("a", "1"): seen(800), ("a", "2"): seen(800)}
    shelf.make_room(mine, "2")
    assert [*mine.seen] == [("a", "2")]


def test_of_all_what_was_used_longest_ago_goes():
    shelf = Shelves(most=1_000, of_one=600)
    first, second, third = (shelf.new() for _ in range(3))
    for one in (first, second, first):
        one.put([photo("a", 400)], most=9)
        shelf.make_room(one, "1")
    third.put([photo("a", 400)], most=9)
    shelf.make_room(third, "1")
    assert (names(first), names(second), names(third)) == ("a", "", "a")


def test_of_photos_that_are_being_judged_the_files_go_and_no_verdict():
    shelf = Shelves(most=300, of_one=1000)
    judged, idle, mine = shelf.new(), shelf.new(), shelf.new()
    judged.put([photo("a"), photo("b")], most=9)
    judged.seen["a", "1"], judged.is_judged = seen(50), True
    idle.put([photo("c")], most=9)
    mine.put([photo("d"), photo("e")], most=9)
    shelf.make_room(mine, "1")
    assert names(judged) == "ab" and ("a", "1") in judged.seen
    assert not any(one.content for one in judged.photos.values()), "no file of theirs has room"
    assert not idle.photos, "who waits for nothing gives way first"
    assert [bool(one.content) for one in mine.photos.values()] == [True, True]


def test_a_shelf_is_gone_with_its_session():
    shelf = Shelves(most=1_000, of_one=600)
    gone, mine = shelf.new(), shelf.new()
    gone.put([photo("a", 900)], most=9)
    del gone
    gc.collect()
    assert len(shelf._all) == 1
    shelf.make_room(mine, "1")


@pytest.mark.parametrize(("gigabytes", "of_one"), [(1, 50_000_000), (64, 200_000_000)])
def test_a_small_server_keeps_less(monkeypatch, gigabytes, of_one):
    monkeypatch.setattr(shelves.memory, "limit", lambda: gigabytes * 10**9)
    assert shelves.shelves()._of_one == of_one


def test_each_content_that_a_model_has_not_seen_is_judged_once():
    shelf = Shelf()
    shelf.seen["a", "1"] = seen(1)
    photos = [photo("a"), photo("b"), replace(photo("b"), name="twin.jpg")]
    assert [one.sha256 for one in shelves.unseen(photos, shelf, "1")] == ["b"]
    assert [one.sha256 for one in shelves.unseen(photos, shelf, "2")] == ["a", "b"]
