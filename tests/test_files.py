"""Files are written whole or not at all."""

import json
from pathlib import Path

import pytest

from crackcls import files


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_made_and_replaced(tmp_path):
    path = tmp_path / "größe.bin"
    files.write_atomically(path, b"old and longer")
    files.write_atomically(path, b"new\r\n\x00")
    assert path.read_bytes() == b"new\r\n\x00"
    assert names_in(tmp_path) == ["größe.bin"]


def test_a_write_that_fails_leaves_the_old_content_and_no_other_file(tmp_path):
    path = tmp_path / "report.json"
    path.write_bytes(b"old")
    with pytest.raises(TypeError):
        files.write_atomically(path, "text is no bytes")
    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == ["report.json"]


def test_a_rename_that_fails_leaves_no_other_file(tmp_path):
    (tmp_path / "taken" / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match="taken"):
        files.write_atomically(tmp_path / "taken", b"content")
    assert names_in(tmp_path) == ["taken"]


def test_a_write_that_the_system_refuses_names_the_file(tmp_path):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "report.json"
    with pytest.raises(OSError) as refused, files.writing(path):
        full()
    assert refused.value.filename == str(path)
    path.mkdir()
    with pytest.raises(OSError) as refused:
        files.write_atomically(path, b"x")
    assert refused.value.filename == str(path)


def test_a_value_that_json_cannot_hold_leaves_the_old_content(tmp_path):
    path = tmp_path / "report.json"
    files.write_json(path, {"accuracy": 0.5})
    with pytest.raises(TypeError):
        files.write_json(path, {"accuracy": object()})
    assert files.read_json(path) == {"accuracy": 0.5}
    assert names_in(tmp_path) == ["report.json"]


@pytest.mark.parametrize(
    "value",
    [
        {"classes": ["ひび割れ", "größe", "бетон"], "path": "C:\\photos\\ß"},
        {"nested": {"list": [1, 2.5, None, True, "a\nb"]}},
        [],
        "text",
        None,
    ],
)
def test_json_reads_back_as_it_was(tmp_path, value):
    files.write_json(tmp_path / "value.json", value)
    assert files.read_json(tmp_path / "value.json") == value


def test_json_is_indented_readable_utf_8_with_a_last_line_end(tmp_path):
    files.write_json(tmp_path / "value.json", {"class": "ひび割れ"})
    text = (tmp_path / "value.json").read_bytes().decode("utf-8")
    assert text == '{\n  "class": "ひび割れ"\n}\n'
    assert json.loads(text) == {"class": "ひび割れ"}
