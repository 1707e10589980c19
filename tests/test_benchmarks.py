"""The benchmarks' arithmetic and their tables; no time is measured here."""

import json
import os
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

import benchmarks.__main__ as suite
from benchmarks import (
    app,
    backbone,
    cluster,
    cost,
    figures,
    growth,
    judge_as,
    judging,
    lesson,
    load,
    pictures,
    prediction,
    processes,
    quality,
    sessions,
    training,
    web,
    whole,
)
from benchmarks.visitors import Visitor
from crackcls.errors import InputError
from crackcls.photos.line import Standing
from crackcls.widgets import photo_words, photos

MACHINE = {"processor": "made up", "cores": "2", "Python": "3.11.7"}


def run_of(seconds: float, **more) -> dict:
    return {"seconds": seconds, "peak": 1_500_000_000, "images": 240, "wrong": 3, **more}


TRAINING = {
    "images": 4000,
    "asked": 10,
    "rows": {
        "baseline": [run_of(400, epochs=10, epoch_seconds=[39.0] * 10)],
        "cold": [run_of(20, epochs=10), run_of(16, epochs=10), run_of(25, epochs=10)],
        "warm": [run_of(10, epochs=10), run_of(8, epochs=10), run_of(10, epochs=10)],
        "float32": [run_of(40, epochs=10)],
    },
}


def test_a_summary_is_median_and_spread():
    assert figures.summary([3.0, 1.0, 8.0]) == {"median": 3, "low": 1, "high": 8, "runs": 3}
    assert figures.seconds([3.0, 1.0, 8.0]) == "3.00 s (1.00 to 8.00)"
    assert figures.seconds([3.0]) == "3.00 s"


def test_a_percentile_is_one_of_the_values():
    values = [*range(100, 0, -1)]
    assert [figures.percentile(values, share) for share in (0.5, 0.95, 1)] == [50, 95, 100]
    assert figures.percentile([7], 0.95) == 7


def test_a_ratio_spreads_as_far_as_both_allow():
    found = figures.ratio(figures.summary([100, 90, 120]), figures.summary([10, 9, 12]))
    assert found == {"median": 10, "low": 7.5, "high": pytest.approx(120 / 9), "runs": 5}


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.01234, "0.0123"), (9.994, "9.99"), (74.26, "74.3"), (12_345.6, "12,346")],
)
def test_a_number_has_three_digits_that_count(value: float, text: str):
    assert figures.number(value) == text


def test_a_line_is_fitted():
    assert figures.line([(1000, 14.0), (2000, 18.0), (4000, 26.0)]) == pytest.approx((10, 0.004))


def test_missing_epochs_cost_what_the_later_ones_did():
    assert figures.extrapolate(60.0, [20.0, 10.0], 10) == 60 + 8 * 10
    assert figures.extrapolate(60.0, [20.0], 10) == 60 + 9 * 20


def test_a_table_in_markdown():
    table = ("Title", "Text.", ("", "time"), [["row", "1 s"]])
    assert figures.markdown(table) == (
        "### Title\n\nText.\n\n|  | time |\n| --- | --- |\n| row | 1 s |\n"
    )


def test_the_training_table_gives_ratios():
    _, text, _, rows = training.tables(TRAINING)[0]
    assert "4,000 images" in text
    times = ["400 s", "20.0 s (16.0 to 25.0)", "10.0 s (8.00 to 10.0)", "40.0 s"]
    assert [row[1] for row in rows] == times
    assert [row[2] for row in rows] == ["1", "20.0 (16.0 to 25.0)", "40.0 (40.0 to 50.0)", "10.0"]
    assert rows[0][4] == "98.75% (3 of 240 wrong after 10 epochs)"


def test_the_table_of_the_whole_network_gives_the_speed_of_all_epochs():
    plain = [{"rates": [40.0, 44.0], "first": 12.0, "peak": 2e9}]
    ours = [{"rates": [80.0, 88.0], "first": 9.0, "peak": 1e9}]
    rows = whole.tables({"plain": plain, "ours": ours})[0][3]
    assert [row[1] for row in rows] == [
        "42.0 images/s (40.0 to 44.0)",
        "84.0 images/s (80.0 to 88.0)",
    ]
    assert [row[2] for row in rows] == ["1", "2.00 (1.82 to 2.20)"]


def test_an_extrapolated_time_is_marked():
    baseline = [run_of(90, epochs=2, epoch_seconds=[45.0, 35.0])]
    found = {**TRAINING, "asked": 2, "rows": {**TRAINING["rows"], "baseline": baseline}}
    row = training.tables(found)[0][3][0]
    assert row[1] == "370 s, **extrapolated** from 2 of 10 epochs"
    assert "extrapolated" not in str(training.tables(TRAINING))


def test_the_backbone_tables_give_shares_of_the_ceiling():
    row = {str(batch): [200.0, 220.0, 240.0] for batch in backbone.BATCHES}
    found = {
        "gflops": {"1024": [100.0, 120.0], "2048": [136.4, 120.0]},
        "flops": {"160": 310_000_000},
        "grids": {"int8": {"160": row}, "float32": {"160": row}},
        "pipeline": {"images": 4000, "speeds": [176.0]},
    }
    ceiling, grid, _, pipeline = (table[3][0] for table in backbone.tables(found))
    assert ceiling == ["160 px", "0.310 GFLOP", "440 images/s"]
    assert grid[1] == "220 (200 to 240), 50%"
    assert pipeline[1:4] == ["176 images/s", "40%", "80%"]


def test_what_is_not_installed_is_said():
    row = {
        "load": 1.0,
        "times": {what: [4.0, 2.0, 3.0] for what in prediction.WHAT},
        "peak": 1e8,
        "peak_photo": 2e8,
        "difference": 1e-7,
    }
    contenders = dict.fromkeys(prediction.TITLES, row) | {"openvino": None}
    found = {"contenders": contenders, "whole photo": {"times": [900.0], "peak": 3e8}}
    latency, *_, costs = prediction.tables(found)
    rows = {row[0]: row[1:] for row in latency[3]}
    assert rows["OpenVINO"] == ["not installed", "", ""]
    assert rows["crackcls"] == ["3.00 ms", "4.00 ms", "1.00"]
    assert costs[3][0][1:] == ["1.00 s", "100 MB", "200 MB", "1e-07"]
    assert app.tables({"first": None, "switch": None, "sessions": []})[0][3][0][1].endswith(
        "not installed"
    )


def test_other_probabilities_are_refused():
    rows = dict.fromkeys(prediction.TITLES)
    rows["crackcls_float32"] = {"probabilities": [[0.5, 0.5]]}
    rows["crackcls"] = {"probabilities": [[0.49, 0.51]]}
    rows["openvino"] = {"probabilities": [[0.498, 0.502]]}
    with pytest.raises(AssertionError, match="openvino"):
        prediction._compare(rows)


def test_the_growth_table_says_what_is_synthetic():
    runs = [{"seconds": 14.0, "peak": 1e9}], [{"seconds": 170.0, "peak": 2e9}]
    rows = [
        {"images": 1000, "real": 1000, "synthetic": 0, "runs": runs[0]},
        {"images": 40_000, "real": 20_000, "synthetic": 20_000, "runs": runs[1]},
    ]
    _, text, _, lines = growth.tables({"training": rows, "prediction": []})[0]
    assert "10.0 s and 4.00 ms an image" in text
    assert "40.0 times the images take 12.1 times the time" in text
    assert lines[1][0] == "40,000 (20,000 METU, 20,000 synthetic)"
    assert [line[2] for line in lines] == ["14.0 ms", "4.25 ms"]


def test_the_tables_of_ray_tell_the_start_from_the_time_of_a_photo():
    def runs(*seconds: float) -> list[dict[str, float]]:
        return [{"seconds": one, "peak": 3e8} for one in seconds]

    few, many = str(cluster.FEW), str(cluster.MANY)
    more = cluster.MANY - cluster.FEW
    photos = {
        "without": {few: runs(10.0), many: runs(10 + 0.2 * more)},
        "with Ray": {few: runs(16.0), many: runs(16 + 0.22 * more)},
    }
    items = {str(n): [runs(5 + n / 1000)[0] | {"peak": 2e8 + 400 * n}][0] for n in cluster.ITEMS}
    (_, text, _, lines), (*_, (row,)) = cluster.tables(
        {"photos": photos, "items": items, "cores": 2}
    )
    assert lines[1][3:] == ["9.40 s", "220 ms (+10.0%)", "2.27"]
    assert lines[0][4:] == ["200 ms (+0.0%)", "2.50"]
    assert f"{cluster.MANY} photos took +{(16 + 0.22 * more) / (10 + 0.2 * more) - 1:.1%}" in text
    assert (row[0], row[3]) == ("1,000", "400 bytes")
    assert "pip install" in cluster.tables({"photos": None, "items": None})[0][1]


def test_the_cost_of_very_many_photos():
    _, text, heads, rows = cost.table(rate=2.0, price=0.05, cores=[10, 100], idle=0.5)
    assert heads[3:] == ("on 10 cores", "on 100 cores")
    assert rows[0] == ["1,000,000", "278", "$13.9", "27.8 h", "2.78 h"]
    assert rows[2] == ["100,000,000", "27,778", "$1,389", "2,778 h", "278 h"]
    assert text.startswith("At 2.00 photos a second a core, $0.05 a core-hour and 50%")


def test_the_growth_counts_keep_to_the_options():
    options = suite.parser().parse_args
    assert growth.counts(options([])) == [1000, 4000, 16_000]
    assert growth.counts(options(["--full"]))[-1] == 40_000
    assert growth.counts(options(["--full", "--most", "4000"])) == [1000, 4000]


@pytest.mark.parametrize("count", [1, 20])
def test_an_answer_is_not_taken_for_one_while_its_photos_wait(count):
    waiting = photos.stand(0, count, Standing(ahead=count, seconds=9.0))
    assert load.answer(count) not in waiting
    assert load.answer(0) in photo_words.summary([], None)


def test_the_table_of_visitors_counts_those_that_were_answered():
    came = {"home": 0.8, "peak": 6.2e8, "limited": True, "told": [0.5, 1.1]}
    kinds = {"leave": [84, 84], "upload a bomb": [84, 83]}
    found = {
        "bytes": 2_000_000,
        "judged": [0.1, 0.2, 0.1],
        "alone": {**came, "seconds": [1.0]},
        "one each": {**came, "seconds": [3.0, None, 1.0, 8.0]},
        "albums": {**came, "seconds": [None], "told": [], "limited": False},
        "crowd": {**came, "kinds": kinds, "seconds": 120.4, "after": 2.96},
    }
    (_, text, heads, lines), (_, of_crowd, _, crowd) = load.tables(found)
    assert "2.0 MB each" in text and len(heads) == 9
    assert "took 0.100 s: the last of 50 waited 1.60 times 50 times that." in text
    assert lines[1][1:] == ["3 of 4", "1.0 s", "3.0 s", "8.0 s", "80%", "0.8 s", "620 MB", "yes"]
    assert lines[2][1:6] == ["0 of 1", *"----"] and "no limit" in lines[2][-1]
    assert crowd == [["leave", "84", "84"], ["upload a bomb", "84", "83"]]
    assert "168 visitors" in of_crowd and "had a verdict in 3.0 s" in of_crowd


def test_the_table_of_the_page_says_what_was_measured():
    seen = [f"448 x 336 pixels, {rate} frames a second" for rate in (9.0, 11.0)]
    times = {name: [1.0, 3.0] for name in ("first", "patch", "photo")}
    found = {"folder": 12e6, "loaded": [7e6, 7e6], **times, "camera": seen}
    ((_, _, _, rows),) = web.tables(found)
    assert dict(rows)["loaded until the first verdict"] == "7.00 MB"
    assert dict(rows)["photo of 12 megapixels"] == "2.00 s (1.00 to 3.00)"
    assert dict(rows)["live camera"] == "448 x 336 pixels, 10.0 frames/s (9.00 to 11.0)"
    assert "not installed" in web.tables({})[0][1]


def test_what_visitors_are_told_is_compared_half_way():
    visitor = Visitor.__new__(Visitor)
    visitor.told = [(10.0, 90.0), (61.0, 20.0), (80.0, 1.0)]
    assert visitor.told_half_way(20.0, 101.0) == [0.5]  # 20 of the 40 seconds that it took.
    assert visitor.told_half_way(70.0, 100.0) == []


def test_the_table_of_a_class_counts_who_trained_and_what_they_were_told():
    lessons = [
        lesson.Lesson("pupil-00", seconds=60.0),
        lesson.Lesson("pupil-01", 1, "about a minute", 120.0),
        lesson.Lesson("pupil-02", 2, "", None, ("pupil-00",), "TimeoutError: not said"),
    ]
    found = {"lessons": [asdict(one) for one in lessons], "peak": 9.1e8, "limited": False}
    _, text, _, rows = lesson.table(found)
    assert text.startswith("3 students at one moment")
    assert [value for _, value in rows] == [
        *("2 of 3", "1.0 minutes", "2.0 minutes", "2, the last behind 2", "1", "1", "910 MB")
    ]


def test_the_times_of_two_checkouts_stand_side_by_side():
    folder = {"photos": 10, "seconds": 20, "peak": 2e8, "tiles": 275, "limit": 2.0}
    times = {"12 megapixels": {"before": [0.8] * 9, "now": [0.4] * 9}, "small": {"now": [0.1]}}
    one, many = judging.tables({"times": times, "folder": folder})
    assert one[3] == [
        ["12 megapixels", "0.800 s", "0.400 s", "0.400 s", "0.50"],
        ["small", "-", "0.100 s", "0.100 s", "-"],
    ]
    assert many[3] == [["10", "20.0 s", "0.50", "2.00 photos/s of 275 tiles", "25%", "200 MB"]]


def test_the_table_of_verdicts_counts_those_that_differ():
    sure, unsure = ({"kind": kind, "score": 0.5} for kind in ("found", "doubtful"))
    table = quality._kinds_table(
        {"before": {"walls": [sure, sure]}, "now": {"walls": [sure, unsure]}}
    )
    assert table[3] == [["walls", "2", "2 / 0 / 0 / 0", "1 / 1 / 0 / 0", "1"]]
    alone = quality._kinds_table({"now": {"walls": [sure]}})
    assert alone[3] == [["walls", "1", "-", "1 / 0 / 0 / 0", "-"]]


def test_figures_of_quality_are_taken_from_what_was_said():
    sound, cracked = ({"score": score} for score in (0.1, 0.9))
    said = {"walls, roots": [sound, cracked], "walls, cracked": [cracked, cracked]}
    said["outside, uav75"] = [
        {"areas": [[[0, 0.1], [9, 0.3]], [[5, 0.1], [0, 0.3]]], "share": [0.6, 0.1]},
        {"areas": [[[0, 0.2]], [[0, 0.2]]]},
    ]
    figures_ = quality._figures()
    assert figures_["ROC AUC, made-up walls, roots"](said) == 0.75
    assert figures_["ROC AUC, uav75, heat of a quarter"](said) == 1
    assert figures_["ROC AUC, uav75, heat of an eighth"](said) == 0
    assert figures_["heat at cracks, outside, uav75"](said) == pytest.approx(6)


def test_areas_lie_half_as_far_apart_as_they_are_wide():
    mask, heat = np.zeros((80, 80), bool), np.zeros((80, 80))
    mask[:10, :10], heat[:10, :10] = True, 1
    areas = [*judge_as._areas(mask, heat, 4)]
    assert len(areas) == 49
    assert areas[0] == (100, 0.25)
    assert areas[-1] == (0, 0)


def test_what_is_no_checkout_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="must be a checkout"):
        judging.checkouts(tmp_path)
    assert [*judging.checkouts(Path(judging.config.PROJECT))] == ["before", "now"]


def test_parts_are_chosen():
    def chosen(*words: str) -> list[str]:
        return suite.parts(suite.parser().parse_args(words))

    assert chosen() == [
        "training",
        "whole",
        "backbone",
        "prediction",
        "judging",
        "quality",
        "app",
        "growth",
        "load",
        "web",
        "cluster",
    ]
    assert chosen("--only", "app", "--only", "backbone") == ["backbone", "app"]
    assert chosen("--from", "kept.json") == []
    assert chosen("--from", "kept.json", "--only", "growth") == ["growth"]


def test_kept_parts_make_one_document(tmp_path: Path, capsys):
    for name, images in (("old", 1), ("new", 4000)):
        done = {"command": "python -m benchmarks", "seconds": 90.0}
        found = {**TRAINING, "images": images}
        kept = {"machine": MACHINE, "parts": {"training": {**done, "found": found}}}
        (tmp_path / f"{name}.json").write_text(json.dumps(kept))
    out = tmp_path / "out.md"
    words = ["--from", str(tmp_path / "old.json"), str(tmp_path / "new.json"), "--out", str(out)]
    assert suite.main(words) == 0
    text = out.read_text(encoding="utf-8")
    assert text == capsys.readouterr().out.removesuffix("\n")
    assert text.count("## Training\n\n") == 2, "a heading of the part and one of its table"
    assert "4,000 images" in text and "| processor | made up |" in text
    assert "`python -m benchmarks`, 1.5 minutes." in text


def document_of(**images: int) -> str:
    done = {"command": "python -m benchmarks", "seconds": 90.0}
    parts = {name: {**done, "found": {**TRAINING, "images": n}} for name, n in images.items()}
    return suite.document({"machine": MACHINE, "parts": parts})


def test_a_part_takes_the_place_of_its_like_in_a_document_that_has_others():
    full = "training" + suite.FULL
    old = document_of(**{"training": 1, full: 2})
    assert suite.put_into(old, document_of(training=3)) == document_of(**{"training": 3, full: 2})
    assert suite.put_into(document_of(**{full: 2}), document_of(training=1)) == old
    with pytest.raises(InputError, match="one machine"):
        suite.put_into(old.replace("made up", "another"), old)


def test_results_of_two_machines_are_refused():
    with pytest.raises(InputError, match="differ in cores"):
        suite.merge(
            [
                {"machine": MACHINE, "parts": {}},
                {"machine": {**MACHINE, "cores": "8"}, "parts": {}},
            ]
        )


def test_images_are_linked_by_class_and_part(tmp_path: Path, concrete):
    source, linked = concrete(6), tmp_path / "linked"
    assert pictures.gather(source, linked, 8) == {"real": 8, "synthetic": 0}
    files = sorted(path.name for path in (linked / "Negative").iterdir())
    assert files == ["000.jpg", "001.jpg", "003.jpg", "004.jpg"]
    split = tmp_path / "split.csv"
    split.write_text("file,sha256,part\nNegative/000.jpg,0,train\nPositive/003.jpg,0,test\n")
    pictures.by_part(split, linked, tmp_path / "parts")
    found = sorted(p.relative_to(tmp_path / "parts") for p in (tmp_path / "parts").rglob("*.jpg"))
    assert found == [Path("test/Positive/003.jpg"), Path("train/Negative/000.jpg")]
    assert (tmp_path / "parts" / found[0]).read_bytes().startswith(b"\xff\xd8")


def test_a_child_gives_its_value_and_its_peak(tmp_path: Path):
    done = processes.call("figures:number", tmp_path, value=1234.5)
    assert done["value"] == "1,234"
    # Linux counts the forked parent in, which is large here.
    assert done["peak"] > 1e6


def test_a_child_that_fails_says_why(tmp_path: Path):
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        processes.call("figures:ratio", tmp_path, above={"median": 1}, below={"median": 0})


def test_a_child_works_in_folders_of_its_own():
    with processes.place(with_model=True) as folder:
        names = [str(folder / name) for name in ("cache", "models", "data")]
        own = processes.surroundings(folder)
        assert [own[name] for name in processes.FOLDERS] == names
        assert (folder / "models" / "default" / "model.json").exists()
    assert not folder.exists()


def test_the_server_is_measured():
    found = sessions.memory(os.getpid())
    assert found["rss"] > 1e6


@pytest.mark.slow
def test_mobilenet_at_160_pixels_costs_0_31_gflop():
    from crackcls.network.build import build, cut

    network, _ = cut(build(2, 160), "head")
    assert backbone.flops(network) == pytest.approx(0.31e9, rel=0.05)


@pytest.mark.slow
@pytest.mark.skipif(
    not app.CHROMIUM and os.environ.get("CRACKCLS_REQUIRE_BROWSER") != "1",
    reason="Chromium is not installed (Debian package: chromium)",
)
def test_each_page_is_reached_by_its_link_in_the_sidebar():
    with processes.place(with_model=True) as own:
        found = app.switch_pages(str(own), 1)
    assert {page: len(times["whole"]) for page, times in found.items()} == dict.fromkeys(
        app.TITLES, 1
    )
