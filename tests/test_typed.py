"""Paths as people type, paste or drop them."""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from crackcls import __main__, config, typed
from crackcls.cli import sets
from crackcls.datasets import catalogue
from crackcls.errors import InputError


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("walls", "walls"),
        (" /data/my walls \t\r\n", "/data/my walls"),
        ('"/data/my walls"', "/data/my walls"),
        ("'/data/my walls'", "/data/my walls"),
        (' "  /data/walls "', "/data/walls"),
        ("“/data/walls”", "/data/walls"),
        ("„/data/walls“", "/data/walls"),
        ("«/data/walls»", "/data/walls"),
        ("\u2018/data/walls\u2019", "/data/walls"),
        ("`/data/walls`", "/data/walls"),
        ('''"'/data/walls'"''', "/data/walls"),
        ("\u202a/data/walls\u202c", "/data/walls"),
        ("\ufeff/data/walls\u200b", "/data/walls"),
        ("& '/data/my walls'", "/data/my walls"),
        ("/data/R&D 'old' walls", "/data/R&D 'old' walls"),
        ('"/data/12\' wall"', "/data/12' wall"),
        ("/data/it's", "/data/it's"),
        ("'", "'"),
        ("file:///data/my%20walls", "/data/my walls"),
        ("FILE:///data/gr%C3%B6%C3%9Fe", "/data/größe"),
        ('"file:///data/my%20walls"', "/data/my walls"),
        ("<file:///data/walls>", "/data/walls"),
        ("file:/data/walls", "/data/walls"),
        ("file://localhost/data/walls", "/data/walls"),
        ("file:///data/100%25", "/data/100%"),
        ("file:///data/a%23b#c", "/data/a#b#c"),
        ("file:///C:/My%20Walls", "C:/My Walls"),
        ("file:///c|/walls", "c:/walls"),
        ("file://C:/walls", "C:/walls"),
        ("file:///D:", "D:/"),
        ("file:///C%3A/walls", "C:/walls"),
        (r"file:\\C:\walls", "C:/walls"),
        ("file://server/share/my%20walls", "//server/share/my walls"),
        ("files/walls", "files/walls"),
        ("file", "file"),
        ("~nobody-has-this-name/walls", "~nobody-has-this-name/walls"),
    ],
)
def test_what_stands_around_a_path_is_taken_off(text, meant):
    assert typed.path(text) == Path(meant)
    assert typed.path(Path(meant)) == Path(meant)


def test_the_home_folder_is_found(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert typed.path("'~/my walls'") == tmp_path / "my walls"


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps such names out")
@pytest.mark.parametrize("name", ['"walls"', " walls ", "file:", "my\\ walls", "& 'x'"])
def test_a_path_that_exists_is_taken_as_it_stands(tmp_path, monkeypatch, name):
    (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    assert typed.path(name) == Path(name)
    assert typed.path(f"'{tmp_path}/{name}'") == tmp_path / name


@pytest.mark.skipif(os.name == "nt", reason="a backslash stands between folders there")
def test_a_path_as_a_terminal_writes_it_names_the_file_that_is_there(tmp_path):
    (tmp_path / "my walls (old)").mkdir()
    dropped = str(tmp_path / r"my\ walls\ \(old\)")
    assert typed.path(f"{dropped} ") == tmp_path / "my walls (old)"
    assert typed.path(str(tmp_path / r"gone\ walls")) == tmp_path / r"gone\ walls"


@pytest.mark.parametrize("text", ["", " ", '""', "\u202a", "' '", "file:", "file://"])
def test_nothing_is_refused(text):
    with pytest.raises(InputError, match="must name a file or a folder, received"):
        typed.path(text)


@pytest.mark.parametrize("text", ["x" * 5000, "a\0b", "/".join("x" * 300 for _ in range(20))])
def test_a_name_that_no_system_takes_is_no_folder(text):
    assert not typed.is_folder(typed.path(text))


def options() -> Iterator[tuple[str, argparse.Action]]:
    """Give each command with each of its arguments."""
    waiting = [("", __main__.parser())]
    while waiting:
        name, command = waiting.pop()
        for action in command._actions:
            if isinstance(action, argparse._SubParsersAction):
                waiting += [(f"{name} {word}".strip(), one) for word, one in action.choices.items()]
            else:
                yield name, action


def test_each_argument_that_is_a_path_is_read_as_one():
    kinds = {"PATH", "OUT", "OUT.html", "FILE", "CSV"}
    found = {
        (name, action.option_strings[0] if action.option_strings else action.dest): action.type
        for name, action in options()
        if action.metavar in kinds or (action.metavar == "DIR" and "NAME=DIR" not in action.help)
    }
    assert set(found) == {
        *(("predict", "paths"), ("predict", "--csv"), ("predict", "--heatmaps")),
        *(("evaluate", "--csv"), ("evaluate", "--report"), ("report", "--out")),
        *(("label-errors", "--csv"), ("train", "--without"), ("data sheet", "--out")),
        *(("data fetch", "--archive"), ("data fetch", "--folder"), ("export", "--out")),
        *(("export", "--runtime"), ("export", "folder"), ("models add", "file")),
    }
    assert set(found.values()) == {typed.path, typed.place}


@pytest.mark.parametrize("around", ['" {}"', "file://{}"])
def test_commands_take_a_path_as_it_was_pasted(around, concrete, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CRACKCLS_MODELS", str(config.PROJECT / "models"))
    folder, out = concrete(3), tmp_path / "my tables"
    out.mkdir()
    pasted = [around.format(folder), around.format(folder / "Positive" / "000.jpg")]
    for words in (
        ["data", "inspect", pasted[0]],
        ["data", "sheet", pasted[0], "--out", around.format(out / "a sheet.jpg")],
        ["evaluate", "--data", pasted[0], "--csv", around.format(out / "judged.csv")],
        ["predict", pasted[1], "--csv", around.format(out / "photos.csv")],
    ):
        assert __main__.main(words) == 0, capsys.readouterr()
    assert {path.name for path in out.iterdir()} == {"a sheet.jpg", "judged.csv", "photos.csv"}


@pytest.mark.parametrize("around", ['"{}"', "  {} ", "file://{}", "“{}”"])
@pytest.mark.parametrize("name", ["", "walls="])
def test_a_data_set_may_be_pasted_with_its_name(around, name, concrete):
    folder = concrete(1)
    chosen = __main__.parser().parse_args(["train", "--data", name + around.format(folder)])
    (source,) = sets.sources_of(chosen)
    assert source.name == name.rstrip("=")
    assert catalogue.folder_of(source.data) == folder
