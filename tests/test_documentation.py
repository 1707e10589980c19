"""The documentation says what the code does."""

import importlib.util
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from benchmarks import cost
from crackcls import __main__, __version__, config
from crackcls.datasets.published import metu
from crackcls.evaluation import splits
from tests.datasets.layouts import EXAMPLES as LAYOUTS
from tests.test_architecture import ROOMS

TOP = config.PROJECT
SHIPPED = TOP / "models" / "metu"


def read(path: str) -> str:
    return (TOP / path).read_text(encoding="utf-8")


DOCS = [f"docs/{path.name}" for path in sorted((TOP / "docs").glob("*.md"))]
PAGES = {path: read(path) for path in ["README.md", *DOCS, "CONTRIBUTING.md", "CHANGELOG.md"]}
README, CARD = PAGES["README.md"], read("models/metu/CARD.md")
COMMAND_LINE = PAGES["docs/command-line.md"]
BODY = "\n".join(PAGES.values())
# Files that are not documentation by themselves, with links and commands of their own.
BESIDE = {"models/metu/CARD.md": CARD, "SECURITY.md": read("SECURITY.md")}
BESIDE["models/WEIGHTS.md"] = read("models/WEIGHTS.md")
FENCE = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# In characters: shorter sentences may stand twice by chance.
LONG_ENOUGH_TO_BE_A_REPEAT = 60
# In lines, characters and bytes.
LONGEST_README, WIDEST, LARGEST_PICTURE = 120, 100, 150_000


def blocks(text: str) -> list[str]:
    """Give the lines of all fenced blocks, comments cut off."""
    lines = "\n".join(FENCE.findall(text)).splitlines()
    return [line.partition("  #")[0].strip() for line in lines]


def spans(text: str) -> list[str]:
    """Give all inline code."""
    return re.findall(r"`([^`\n]+)`", FENCE.sub("", text))


def prose(text: str) -> str:
    """Give a page without fenced blocks, tables and pictures."""
    lines = FENCE.sub("", text).splitlines()
    return "\n".join(line for line in lines if not line.startswith(("|", "<img", "![")))


def flat(text: str) -> str:
    """Give a text in one line: a sentence may break anywhere."""
    return " ".join(text.split())


def commands_of(text: str) -> list[str]:
    """Give the words of all commands of ours, by either name, whatever follows on the line."""
    candidates = [part for line in blocks(text) for part in line.split(" && ")] + spans(text)
    called = (re.match(r"(?:python -m )?crackcls ([a-z-].*)", line) for line in candidates)
    return [found.group(1) for found in called if found]


def modules_of(text: str) -> list[list[str]]:
    """Give the words of all commands `python -m …` but ours."""
    candidates = [part for line in blocks(text) for part in line.split(" && ")] + spans(text)
    called = (re.match(r"(?:\S*/)?python -m (\S.*)", line) for line in candidates)
    words = [shlex.split(found.group(1)) for found in called if found]
    return [each for each in words if each[0] != "crackcls"]


def leaves(parser, name: str = "") -> dict:
    """Give the parsers of all commands that do something, by their words."""
    own = {name: parser} if parser._subparsers is None or parser.get_default("run") else {}
    parts = parser._subparsers._group_actions[0].choices if parser._subparsers else {}
    found = (leaves(part, f"{name} {word}".strip()) for word, part in parts.items())
    return own | {words: leaf for some in found for words, leaf in some.items()}


KNOWN = leaves(__main__.parser())
EXAMPLES = [line.removeprefix("python -m crackcls ") for line in blocks(COMMAND_LINE)]
COMMANDS = sorted({*commands_of(BODY), *(c for text in BESIDE.values() for c in commands_of(text))})
OTHER_COMMANDS = sorted({tuple(words) for words in modules_of(BODY)})


def options_of(command: str) -> set[str]:
    return {word for action in KNOWN[command]._actions for word in action.option_strings}


def all_options() -> set[str]:
    top = {word for action in __main__.parser()._actions for word in action.option_strings}
    return top.union(*map(options_of, KNOWN))


def ends_well(words: list[str]) -> bool:
    """Parse a command; `--version` and `--help` say something and end with 0."""
    try:
        return bool(__main__.parser().parse_args(words).run)
    except SystemExit as end:
        return end.code == 0


@pytest.mark.parametrize("words", COMMANDS)
def test_each_command_is_one_that_the_parser_takes(words):
    assert ends_well(shlex.split(words))


def test_the_documentation_is_full_of_commands():
    assert len(COMMANDS) >= 20
    assert {"app", "--version"} <= set(COMMANDS)


def test_each_subcommand_has_an_example_and_a_line():
    shown = {name for name in KNOWN for words in EXAMPLES if f"{words} ".startswith(f"{name} ")}
    assert shown == set(KNOWN)
    assert set(KNOWN) == set(re.findall(r"^\| `(\w[\w -]*)` \|", COMMAND_LINE, re.MULTILINE))


@pytest.mark.parametrize("command", KNOWN)
def test_each_option_is_documented(command):
    options = options_of(command) - {"-h"}
    assert not {o for o in options if not re.search(rf"`{o}\b(?!-)", COMMAND_LINE)}


def test_each_option_of_train_has_a_line_with_its_default():
    default = config.TrainConfig()
    lines = dict(re.findall(r"^\| `--([a-z-]+)` \| (.*?) \|", COMMAND_LINE, re.MULTILINE))
    assert {f"--{name}" for name in lines} == options_of("train") - {"-h", "--help", "--json"}
    for name in ("image_size", "split", "seed", "fine_tune"):
        assert lines[name.replace("_", "-")] == str(getattr(default, name))
    for name in ("learning-rate", "precision"):
        assert lines[name].count(" for `") == len(config.FINE_TUNE_PRECISIONS)
    defaults = {"epochs": config.FINE_TUNE_EPOCHS, "batch-size": config.FINE_TUNE_BATCH_SIZES}
    for name, values in defaults.items():
        assert lines[name] == ", ".join(f"{value} for `{tune}`" for tune, value in values.items())


def test_each_documented_option_exists():
    named = {option for span in spans(BODY) for option in re.findall(r"^--[a-z][a-z-]*", span)}
    assert len(named) > 20
    assert named <= all_options()


def test_each_environment_variable_is_documented_and_each_documented_one_exists():
    code = "\n".join(path.read_text(encoding="utf-8") for path in (TOP / "crackcls").rglob("*.py"))
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (TOP / "tests").rglob("*.py"))
    variable = re.compile(r"CRACKCLS_[A-Z_]+")
    named = set(variable.findall(BODY))
    assert set(variable.findall(code)) <= named <= set(variable.findall(code + tests))


def test_each_module_that_a_page_imports_exists():
    lines = [line for text in (BODY, *BESIDE.values()) for line in blocks(text)]
    found = re.findall(r"\bfrom (crackcls[\w.]*) import ([\w, ]+)", "\n".join(lines))
    names = [f"{package}.{name}" for package, words in found for name in words.split(", ")]
    assert names
    assert not [name for name in names if importlib.util.find_spec(name) is None]


def help_of(module: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, "--help"], capture_output=True, text=True, cwd=TOP
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("words", OTHER_COMMANDS, ids=" ".join)
def test_each_other_module_can_be_run_and_knows_its_options(words):
    module, options = words[0], {word for word in words[1:] if word.startswith("--")}
    if module.split(".")[0] not in ("benchmarks", "tests"):
        assert re.search(rf"^{module}\b", read("tests/requirements.txt"), re.MULTILINE)
        return
    source = Path(importlib.util.find_spec(module).origin)
    source = source.with_name("__main__.py") if source.stem == "__init__" else source
    code = source.read_text(encoding="utf-8")
    assert '__name__ == "__main__"' in code
    # Where nothing reads options, --help would start the measurement.
    known = help_of(module) if "ArgumentParser" in code else ""
    assert not {option for option in options if not re.search(rf"{option}\b", known)}


def test_the_tree_of_the_readme_names_the_rooms_in_their_order():
    named = re.findall(r"^(pages|crackcls)/(\S*) ", README, re.MULTILINE)
    rooms = [f"{top}/{room}" for top, room in named]
    paths = ["crackcls/", *(f"crackcls/{room.replace('.', '/')}/" for room in ROOMS[1:-1])]
    assert rooms == ["pages/", *paths[1:], paths[0]]
    folders = {path.parent.relative_to(TOP) for path in (TOP / "crackcls").rglob("*.py")}
    assert {Path(room) for room in rooms} == {*folders, Path("pages")}


def slugs(text: str) -> set[str]:
    """Give the anchors that GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {word.replace(" ", "-") for word in words}


def links_of(text: str) -> list[str]:
    found = re.findall(r"\]\(([^)]+)\)", text) + re.findall(r'src="([^"]+)"', text)
    return [link for link in found if not link.startswith("http")]


@pytest.mark.parametrize("page", [*PAGES, *BESIDE, "BENCHMARKS.md"])
def test_each_link_leads_to_a_file_and_each_anchor_to_a_heading(page):
    for link in links_of(read(page)):
        path, _, anchor = link.partition("#")
        target = ((TOP / page).parent / path).resolve() if path else TOP / page
        assert target.exists(), link
        assert not anchor or anchor in slugs(target.read_text(encoding="utf-8")), link


def test_the_readme_leads_to_each_page():
    assert {*PAGES, "BENCHMARKS.md", "models/metu/CARD.md"} - {"README.md"} <= {
        link.partition("#")[0] for link in links_of(README)
    }


@pytest.mark.parametrize("page", [*PAGES, "SECURITY.md"])
def test_each_path_leads_to_a_file(page):
    words = [word for span in spans(read(page)) for word in span.split()]
    places = [path.name for path in TOP.iterdir() if path.is_dir()]
    paths = [word for word in words if word.split("/")[0] in places and "/" in word]
    assert not [path for path in paths if "NAME" not in path and not (TOP / path).exists()]


def test_the_readme_fits_on_two_screens():
    assert len(README.splitlines()) <= LONGEST_README


@pytest.mark.parametrize("page", [*PAGES, "SECURITY.md"])
def test_prose_is_as_wide_as_code(page):
    assert not [line for line in prose(read(page)).splitlines() if len(line) > WIDEST]


@pytest.mark.parametrize("page", DOCS)
def test_a_page_begins_with_whom_it_is_for(page):
    title, first, *_ = PAGES[page].split("\n\n")
    assert re.fullmatch(r"# [^\n]+", title)
    assert re.fullmatch(r"For whoever [^.]+(\.md[^.]*)*\.", flat(first))


def statements(text: str) -> list[str]:
    """Give sentences and cells of tables, those long enough to be a repeat."""
    tables = [line for line in FENCE.sub("", text).splitlines() if line.startswith("|")]
    cells = [cell.strip() for line in tables for cell in line.split("|")]
    paragraphs = [flat(part) for part in prose(text).split("\n\n")]
    sentences = [one for part in paragraphs for one in re.split(r"(?<=[.:;]) ", part)]
    return [one for one in sentences + cells if len(one) > LONG_ENOUGH_TO_BE_A_REPEAT]


def test_the_table_of_layouts_is_that_of_the_examples_that_are_trained_on():
    table = PAGES["docs/data.md"].partition("### How your photos may lie")[2]
    rows = re.findall(r"^\| ([^|]+) \|.*\|.*\|$", table.partition("\n- ")[0], re.MULTILINE)
    assert rows == ["layout", "---", *(example.name for example in LAYOUTS)]


def test_the_systems_without_wheels_are_those_of_the_versions_that_are_required():
    """Whoever raises a version looks again for which systems there are wheels."""
    wanted = [line.partition(";")[0] for line in read("requirements.txt").splitlines()]
    heavy = [one for one in wanted if one.startswith(("tensorflow", "ai-edge-litert"))]
    assert len(heavy) == 3
    assert not [one for one in heavy if f"`{one}`" not in PAGES["docs/installation.md"]]


def test_nothing_is_said_twice():
    said = [one for text in PAGES.values() for one in statements(text)]
    assert len(said) > 100
    assert not {one for one in said if said.count(one) > 1}


PICTURES = sorted((TOP / "docs").glob("*.jpg"))


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_a_picture_is_shown_with_words_and_is_small(path):
    shown = re.findall(r'!\[([^\]]+)\]\(([^)]+)\)|<img src="([^"]+)".*? alt="([^"]+)"', BODY)
    words = {Path(link or source).name: text or alt for text, link, source, alt in shown}
    assert len(words[path.name]) > 40
    assert path.stat().st_size < LARGEST_PICTURE
    with Image.open(path) as picture:
        assert picture.width <= 1200
        assert not picture.getexif()


def test_the_changelog_names_the_version():
    assert re.search(rf"^## .*\b{__version__}\b", PAGES["CHANGELOG.md"], re.MULTILINE)


def test_ci_runs_the_test_command_of_the_readme():
    command = re.search(r"^<!-- test -->\n```sh\n(.+)\n```$", README, re.MULTILINE).group(1)
    assert command.endswith("-m pytest -n auto --dist loadfile")
    assert "README.md" in read(".ci/run")


def test_readme_and_card_give_the_figures_of_the_shipped_report():
    report = json.loads((SHIPPED / "report.json").read_text())
    accuracy, (low, high) = report["accuracy"], report["accuracy_interval"]
    count, text = f"{report['images']:,}", flat(README)
    assert f"{accuracy:.2%}".replace("%", " %") + f" of its {count} test images" in text
    interval = f"{low:.2%} to {high:.2%}".replace("%", " %")
    assert f"{report['wrong']} are wrong, and the 95 % Wilson interval is {interval}" in text
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
    sentence = f"accuracy {accuracy}, ROC AUC {figure['roc_auc']:.4f} on {count} METU photos"
    assert sentence in flat(PAGES["docs/data.md"])


def test_the_limits_of_uploads_and_photos_are_those_of_the_code():
    limits = config.UPLOAD_LIMITS
    zips = f"{config.MAX_UPLOAD_MB} MB, {limits.files:,} files and {limits.size // 10**9} GB"
    assert zips in flat(PAGES["docs/data.md"])
    assert f"more than {limits.ratio} times its own size" in flat(PAGES["docs/data.md"])
    size, pixels = config.MAX_PHOTO_BYTES // 2**20, config.MAX_PHOTO_PIXELS // 10**6
    photo = f"{size} MB and {pixels} megapixels, refused before it is decoded, and "
    photos = f"{config.MAX_PHOTOS_AT_ONCE} are taken at once"
    assert photo + photos in flat(PAGES["docs/photos.md"])


def test_the_splits_are_those_of_the_shipped_model():
    table = pd.read_csv(SHIPPED / "splits.csv")
    assert set(table["seed"]) == set(range(5))
    for row in splits.summary(table).to_dict("records"):
        cells = [
            f"{mean:.{digits}%} ({low:.{digits}%} to {high:.{digits}%})".replace("%", " %")
            for name, digits in zip(splits.TITLES, (2, 1, 2), strict=True)
            for mean, low, high in [
                (row[f"{name} {which}"] for which in ("mean", "lowest", "highest"))
            ]
        ]
        assert f"| {row['split']} | {' | '.join(cells)} |" in PAGES["docs/evaluation.md"]


def test_each_doi_is_that_of_the_data():
    found = [set(re.findall(r"10\.17632/\w+\.\d", text)) for text in (BODY, metu.ATTRIBUTION)]
    assert found[0] == found[1] == {"10.17632/5y9wdsg2zt.2"}
    assert "Özgenel" in README and "CC BY 4.0" in README


def test_the_shipped_model_reaches_the_promised_accuracy_on_the_grouped_split():
    report = json.loads((SHIPPED / "report.json").read_text())
    settings = json.loads((SHIPPED / "config.json").read_text())
    assert settings["split"] == "grouped"
    assert report["accuracy"] >= 0.998


def test_the_speed_table_gives_figures_of_the_benchmarks():
    cells = re.findall(r"^\| [\d,]+ \|(.+)\|$", PAGES["docs/speed.md"], re.MULTILINE)
    figures = [figure for row in cells for figure in re.findall(r"[\d,.]+ s\b", row)]
    assert len(figures) == 6
    assert [figure for figure in figures if f"| {figure}" not in read("BENCHMARKS.md")] == []


def test_the_cost_of_very_many_photos_is_what_the_command_beside_it_prints():
    page = PAGES["docs/cluster.md"]
    (words,) = re.findall(r"^python -m benchmarks\.cost (.*)$", page, re.MULTILINE)
    options = cost.parser().parse_args(words.split())
    *_, heads, rows = cost.table(options.rate, options.price, options.cores, options.idle)
    for cells in (heads, *rows):
        assert f"| {' | '.join(cells)} |" in page
    speed = re.search(r"\| photos a second a core \| ([\d.]+) \| ([\d.]+) \|", page)
    assert float(speed[2]) == options.rate
    (measured,) = re.findall(r"(?<=\n\n)\| measured \|.*?(?=\n\n)", page, re.DOTALL)
    cells = re.findall(r"[\d.]+ m?s\b", measured)
    assert len(cells) == 6
    (limit,) = re.findall(r"takes\s+in\s+([\d,]+)\s+photos a second", page)
    for cell in (*cells, limit, *speed.groups()):
        assert cell in read("BENCHMARKS.md")
