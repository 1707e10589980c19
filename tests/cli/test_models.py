"""The command `models add`: a model of elsewhere."""

import json
import zipfile

import pytest

from crackcls import config
from crackcls.__main__ import main
from crackcls.network import parcel
from crackcls.runs import folders


@pytest.mark.slow
def test_what_export_writes_is_added_and_listed(capsys, tmp_path):
    packed = tmp_path / "model.zip"
    packed.write_bytes(parcel.pack(folders.read_run(config.PROJECT / "models" / "metu")))
    assert main(["models", "add", str(packed), "--name", "from-anna"]) == 0
    said = capsys.readouterr().out
    assert "has not been tested here" in said
    assert "model.keras" in said
    assert main(["models", "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["name"], listed["data"]) == ("from-anna", "metu")
    assert main(["train", "--resume", "from-anna"]) == 2
    assert "was trained elsewhere" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "there is no file"), (b"", "must be whole"), (b"{}", "this one lacks model.json")],
)
def test_what_is_none_is_refused(capsys, tmp_path, content, why):
    path = tmp_path / "model.zip"
    if content == b"{}":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("notes.txt", content)
    elif content is not None:
        path.write_bytes(content)
    assert main(["models", "add", str(path), "--name", "mine"]) == 2
    assert why in capsys.readouterr().err
    assert not (config.models_folder() / "mine").exists()
