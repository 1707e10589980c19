"""The documentation says what the code does."""

import json
import re
import shlex

import pandas as pd
import pytest

from crackcls import __main__, compare_splits, config, metu

README = (config.PROJECT / "README.md").read_text(encoding="utf-8")
CARD = (config.PROJECT / "models" / "default" / "CARD.md").read_text(encoding="utf-8")
SHIPPED = config.PROJECT / "models" / "default"
COMMANDS = re.findall(r"^python -m crackcls (.+)$", README, re.MULTILINE)


def leaves(parser, name: str = "") -> dict:
    """Give the parsers of all commands that do something, by their words."""
    if parser._subparsers is None:
        return {name: parser}
    parts = parser._subparsers._group_actions[0].choices
    found = (leaves(part, f"{name} {word}".strip()) for word, part in parts.items())
    return {words: leaf for some in found for words, leaf in some.items()}


KNOWN = leaves(__main__.parser())


def options_of(command: str) -> set[str]:
    return {word for action in KNOWN[command]._actions for word in action.option_strings}


@pytest.mark.parametrize("words", [*COMMANDS, *re.findall(r"`python -m crackcls (.+?)`", CARD)])
def test_each_command_is_one_that_the_parser_takes(words):
    assert __main__.parser().parse_args(shlex.split(words)).run


def test_each_subcommand_has_an_example_and_a_line():
    shown = {name for name in KNOWN for words in COMMANDS if f"{words} ".startswith(f"{name} ")}
    assert shown == set(KNOWN)
    assert set(KNOWN) <= set(re.findall(r"^\| `([\w -]+)` \|", README, re.MULTILINE))


@pytest.mark.parametrize("command", KNOWN)
def test_each_option_is_documented(command):
    undocumented = {o for o in options_of(command) - {"-h", "--help"} if o not in README}
    assert not undocumented


def test_each_documented_option_exists():
    assert set(re.findall(r"`(--[a-z-]+)", README)) <= set().union(*map(options_of, KNOWN))


def test_the_tree_names_each_module():
    named = set(re.findall(r"^crackcls/(\S+)\.py", README, re.MULTILINE))
    assert named == {p.stem for p in (config.PROJECT / "crackcls").glob("*.py")} - {"__init__"}


def test_each_link_leads_to_a_file():
    for text, folder in ((README, config.PROJECT), (CARD, SHIPPED)):
        for link in re.findall(r"\]\(((?!http)[^)]+)\)", text):
            assert (folder / link).exists(), link


def test_ci_runs_the_test_command_of_the_readme():
    command = re.search(r"^<!-- test -->\n```sh\n(.+)\n```$", README, re.MULTILINE).group(1)
    assert command.endswith("-m pytest")
    assert "README.md" in (config.PROJECT / ".ci" / "run").read_text()


def test_readme_and_card_give_the_figures_of_the_shipped_report():
    report = json.loads((SHIPPED / "report.json").read_text())
    accuracy, (low, high) = report["accuracy"], report["accuracy_interval"]
    count = f"{report['images']:,}"
    assert f"{accuracy:.2%}".replace("%", " %") + f" of its {count} test images" in README
    interval = f"{low:.2%} to {high:.2%}".replace("%", " %")
    assert f"{report['wrong']} are wrong, and the 95 % Wilson interval is {interval}" in README
    assert f"{accuracy:.4f} ({report['wrong']} wrong of {count})" in CARD
    assert f"{low:.4f} to {high:.4f}" in CARD
    copies = report["near_copies"]["test_images_with_copy_in_training"]
    assert f"near copy in training | {copies} |" in CARD


def test_the_card_gives_the_cost_and_the_split_of_the_shipped_run():
    log = [json.loads(line) for line in (SHIPPED / "events.jsonl").read_text().splitlines()]
    end, split = log[-1], next(event for event in log if event["kind"] == "split")
    assert f"took {end['seconds']:.0f} s" in CARD
    assert f"{end['peak_memory_mb']:,} MB" in CARD
    sizes = " / ".join(f"{split[part]:,}" for part in ("train", "validation", "test"))
    assert f"{sizes} images" in CARD


def test_the_figures_of_the_synthetic_data_are_the_ones_the_page_shows():
    figure = config.SYNTHETIC_ON_METU
    count, accuracy = f"{figure['images']:,}", f"{figure['accuracy']:.4f}"
    assert f"accuracy {accuracy}, ROC AUC {figure['roc_auc']:.4f} on {count} METU photos" in README


def test_the_splits_are_those_of_the_shipped_model():
    table = pd.read_csv(SHIPPED / "splits.csv")
    assert set(table["seed"]) == set(range(5))
    for row in compare_splits.summary(table).to_dict("records"):
        cells = [
            f"{mean:.{digits}%} ({low:.{digits}%} to {high:.{digits}%})".replace("%", " %")
            for name, digits in zip(compare_splits.TITLES, (2, 1, 2), strict=True)
            for mean, low, high in [
                (row[f"{name} {which}"] for which in ("mean", "lowest", "highest"))
            ]
        ]
        assert f"| {row['split']} | {' | '.join(cells)} |" in README


def test_each_doi_is_that_of_the_data():
    found = [set(re.findall(r"10\.17632/\w+\.\d", text)) for text in (README, metu.ATTRIBUTION)]
    assert found[0] == found[1] == {"10.17632/5y9wdsg2zt.2"}


def test_the_shipped_model_reaches_the_promised_accuracy_on_the_grouped_split():
    report = json.loads((SHIPPED / "report.json").read_text())
    settings = json.loads((SHIPPED / "config.json").read_text())
    assert settings["split"] == "grouped"
    assert report["accuracy"] >= 0.998


def test_the_speed_table_gives_figures_of_the_benchmarks():
    tables = (config.PROJECT / "BENCHMARKS.md").read_text(encoding="utf-8")
    section = re.search(r"^## Speed\n(.+?)^## ", README, re.MULTILINE | re.DOTALL).group(1)
    cells = re.findall(r"^\| [\d,]+ \|(.+)\|$", section, re.MULTILINE)
    figures = [figure for row in cells for figure in re.findall(r"[\d.]+ s\b", row)]
    assert len(figures) == 6
    assert [figure for figure in figures if f"| {figure}" not in tables] == []
