"""The documentation says what the code does."""

import json
import re
import shlex

import pytest

from crackcls import __main__, config

README = (config.PROJECT / "README.md").read_text(encoding="utf-8")
CARD = (config.PROJECT / "models" / "default" / "CARD.md").read_text(encoding="utf-8")
SHIPPED = config.PROJECT / "models" / "default"
COMMANDS = re.findall(r"^python -m crackcls (.+)$", README, re.MULTILINE)


def options_of(command: str) -> set[str]:
    subparser = __main__.parser()._subparsers._group_actions[0].choices[command]
    return {word for action in subparser._actions for word in action.option_strings}


@pytest.mark.parametrize("words", [*COMMANDS, *re.findall(r"`python -m crackcls (.+?)`", CARD)])
def test_each_command_is_one_that_the_parser_takes(words):
    assert __main__.parser().parse_args(shlex.split(words)).run


def test_each_subcommand_has_an_example_and_a_line():
    known = set(__main__.parser()._subparsers._group_actions[0].choices)
    assert {words.split()[0] for words in COMMANDS} == known
    assert known <= set(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE))


@pytest.mark.parametrize("command", ["train", "evaluate", "predict", "models", "runs"])
def test_each_option_is_documented(command):
    undocumented = {o for o in options_of(command) - {"-h", "--help"} if o not in README}
    assert not undocumented


def test_each_documented_option_exists():
    known = set().union(*map(options_of, ("train", "evaluate", "predict", "models")))
    assert set(re.findall(r"`(--[a-z-]+)", README)) <= known


def test_the_tree_names_each_module():
    named = set(re.findall(r"^crackcls/(\S+)\.py ", README, re.MULTILINE))
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


def test_the_shipped_model_reaches_the_promised_accuracy_on_the_grouped_split():
    report = json.loads((SHIPPED / "report.json").read_text())
    settings = json.loads((SHIPPED / "config.json").read_text())
    assert settings["split"] == "grouped"
    assert report["accuracy"] >= 0.998
