"""Files of our own, read as if damaged: whole, or a sentence that says what is wrong."""

import json
from pathlib import Path
from typing import Annotated, NotRequired, TypedDict

import numpy as np
import pytest
from msgspec import Meta

from crackcls import stored
from crackcls.errors import InputError
from tests import damaging


class Shape(TypedDict):
    name: str
    share: Annotated[float, Meta(ge=0, le=1)]
    inside: NotRequired[dict[str, list[int]]]


COLUMNS = {
    **{"file": stored.TEXT, "share": stored.SHARE, "count": stored.COUNT},
    **{"number": stored.NUMBER, "flag": stored.FLAG},
}
TABLE = "file,share,count,number,flag\nNA,0.5,3,-1.5,True\n007,1,0,,False\n"


def put(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / "mine" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def said(read, *words) -> str:
    """Give what is said to be wrong."""
    with pytest.raises(InputError) as error:
        read(*words)
    assert str(error.value).startswith("The file 'mine/")
    assert str(error.value).endswith("Put it back from a copy, or delete what it belongs to.")
    return str(error.value).partition("damaged: ")[2].partition(". Put")[0]


@pytest.mark.parametrize(
    "value",
    [
        {"name": "größe 🧱", "share": 0, "inside": {"a": [1]}},
        {"name": "", "share": 1.0, "more": None},
    ],
)
def test_what_has_the_shape_is_given_as_it_is(tmp_path, value):
    assert stored.read_json(put(tmp_path, "a.json", json.dumps(value)), Shape) == value


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "it is empty"),
        ("{", "it is no JSON from line 1 on"),
        ('{"name": "a",\n"share": }', "it is no JSON from line 2 on"),
        (b"\xff\xfe{\x00}\x00", "it is no text in UTF-8"),
        ("[]", "it is not as it must be: expected a table of names, got a list"),
        ('{"share": 1}', "it has no 'name'"),
        (
            '{"name": 5, "share": 1}',
            "'name' is not as it must be: expected a text, got a whole num",
        ),
        (
            '{"name": "a", "share": true}',
            "'share' is not as it must be: expected a number, got tru",
        ),
        ('{"name": "a", "share": 1.5}', "'share' is not as it must be: expected a number <= 1.0"),
        ('{"name": "a", "share": NaN}', "'share' is not as it must be: expected a number >= 0.0"),
        ('{"name": "a", "share": 1e999}', "'share' is not as it must be: expected a number <= 1.0"),
        ('{"name": "a", "share": 1, "inside": {"a": ["b"]}}', "'inside[...][0]' is not as it must"),
        ('{"name": "\\ud800", "share": 1}', "it is no text in UTF-8"),
        ("[" * 100_000, "it is nested too deeply"),
        ("9" * 10_000, "its lines cannot be understood"),
    ],
)
def test_what_has_not_is_told(tmp_path, content, why):
    found = said(stored.read_json, put(tmp_path, "a.json", content), Shape)
    assert found.startswith(why), found


def test_what_no_type_can_state_is_told_by_a_check(tmp_path):
    path = put(tmp_path, "a.json", '{"name": "a", "share": 1}')
    assert stored.read_json(path, Shape, lambda value: "")
    assert said(stored.read_json, path, Shape, lambda value: f"it is {value['name']}") == "it is a"


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (damaging.removed, "it is missing"),
        (damaging.linked_to_nowhere, "it is missing"),
        (damaging.made_a_folder, "it is a folder"),
        (damaging.emptied, "it is empty"),
        (damaging.made_huge, "it has 42,949,672,960 bytes, and such a file has at most 100"),
    ],
)
def test_what_is_no_file_is_not_opened(tmp_path, damage, why):
    path = put(tmp_path, "a", b"content")
    assert stored.read_bytes(path, 100) == b"content"
    damage(path)
    assert said(stored.read_bytes, path, 100) == why


def test_a_table_has_the_columns_that_are_stated(tmp_path):
    table = stored.read_csv(put(tmp_path, "a.csv", TABLE), {**COLUMNS, "number": stored.TEXT})
    assert list(table["file"]) == ["NA", "007"]
    assert list(table["share"]) == [0.5, 1]


def test_a_table_without_lines_is_whole(tmp_path):
    head = TABLE.partition("\n")[0] + "\n"
    assert stored.read_csv(put(tmp_path, "a.csv", head), COLUMNS).empty


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("file,", "name,", "it has no column 'file'"),
        ("0.5", "1.5", "its column 'share' must hold shares of 0 to 1"),
        ("0.5", "nan", "its column 'share' must hold shares of 0 to 1"),
        ("0.5", "", "its column 'share' must hold shares of 0 to 1"),
        (",3,", ",3.5,", "its column 'count' must hold counts"),
        (",3,", ",-3,", "its column 'count' must hold counts"),
        ("False", "no", "its column 'flag' must hold True or False"),
        ("\nNA", '\n"NA', "its lines cannot be understood"),
        ("0,1,False", "0,1,False,5,6", "its lines cannot be understood"),
        ("False\n", "False", "its last line is cut off"),
        ("NA", "\udcff", "it is no text in UTF-8"),
    ],
)
def test_a_table_that_has_not_is_told(tmp_path, old, new, why):
    content = TABLE.replace(",,", ",1,").replace(old, new, 1).encode(errors="surrogateescape")
    assert said(stored.read_csv, put(tmp_path, "a.csv", content), COLUMNS) == why


@pytest.mark.parametrize(
    ("arrays", "why"),
    [
        ({"a": np.zeros(3)}, "its arrays cannot be read"),
        ({"a": np.zeros((3, 1)), "b": np.zeros((2, 2))}, "its arrays have another shape"),
        ({"a": np.zeros(3, int), "b": np.zeros((2, 2))}, "its arrays have another shape"),
        ({"a": np.full(3, np.nan), "b": np.zeros((2, 2))}, "its arrays have another shape"),
        ({"a": np.array([{}]), "b": np.zeros((2, 2))}, "its arrays cannot be read"),
    ],
)
def test_arrays_of_another_kind_are_told(tmp_path, arrays, why):
    path = put(tmp_path, "a.npz", b"")
    np.savez(path, **arrays)
    assert said(stored.read_arrays, path, {"a": 1, "b": 2}) == why


def test_arrays_are_read_back_and_a_changed_byte_is_told(tmp_path):
    path = put(tmp_path, "a.npz", b"")
    np.savez(path, a=np.arange(3.0), b=np.ones((50, 50)))
    found = stored.read_arrays(path, {"a": 1, "b": 2})
    assert list(found["a"]) == [0, 1, 2]
    damaging.changed_byte(path)
    assert said(stored.read_arrays, path, {"a": 1, "b": 2}) == "its arrays cannot be read"


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
def test_a_name_that_no_system_takes_is_no_folder(name):
    assert not stored.is_folder(Path(name))
    assert not stored.is_there(Path(name))
