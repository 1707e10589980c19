"""The shipped models are put where models are kept, also by servers that start at one moment."""

import json
import shutil
import subprocess
import sys

from crackcls import config
from crackcls.runs import shipped


def test_servers_that_start_at_once_keep_an_older_model_once_and_copy_the_new_one_once(tmp_path):
    target = tmp_path / "models"
    shutil.copytree(config.shipped_folder() / "metu", target / "metu")
    mark = target / "metu" / "model.json"
    mark.write_text(json.dumps({**json.loads(mark.read_text()), "sha256": "0" * 64}))
    words = (
        "import sys, pathlib; from crackcls.runs import shipped;"
        "shipped.complete(pathlib.Path(sys.argv[1]))"
    )
    command = [sys.executable, "-c", words, str(target)]
    begun = [subprocess.Popen(command, cwd=config.PROJECT) for _ in range(4)]
    assert [one.wait() for one in begun] == [0] * 4
    found = {path.name for path in target.iterdir() if not path.name.startswith(".")}
    assert len(found) == 3
    assert found > {*config.SHIPPED_MODELS}
    new = (config.shipped_folder() / "metu" / "model.json").read_text()
    assert mark.read_text() == new


def test_a_folder_that_is_whole_is_not_written_to(tmp_path):
    target = tmp_path / "models"
    shipped.complete(target)
    before = sorted(target.rglob("*"))
    (target / shipped.LOCK).unlink()
    shipped.complete(target)
    assert sorted(target.rglob("*")) == [path for path in before if path.name != shipped.LOCK]
