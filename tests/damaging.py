"""Ways in which a file gets damaged."""

import io
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np

Damage = Callable[[Path], None]


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def random_bytes(path: Path) -> None:
    path.write_bytes(random.Random(path.name).randbytes(5000))


def changed_byte(path: Path) -> None:
    """Change one byte in the middle: nothing looks odd from outside."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def removed(path: Path) -> None:
    path.unlink()


def in_utf_16(path: Path) -> None:
    path.write_bytes(path.read_bytes().decode(errors="replace").encode("utf-16"))


def made_a_folder(path: Path) -> None:
    path.unlink()
    (path / "inside").mkdir(parents=True)


def linked_to_nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("nowhere"))


def made_huge(path: Path) -> None:
    """Make it 40 GB without taking room, where the file system has such files."""
    with path.open("r+b") as file:
        file.truncate(40 * 2**30)


def of_another_shape(path: Path) -> None:
    path.write_bytes(another_shape(path))


def of_other_types(path: Path) -> None:
    """Keep names and order, and put something else where each value was."""
    if path.suffix == ".json":
        path.write_text(json.dumps(_turned(json.loads(path.read_text()))))
    elif path.suffix == ".jsonl":
        lines = map(json.loads, path.read_text().splitlines())
        path.write_text("".join(json.dumps({k: [] for k in line}) + "\n" for line in lines))
    elif path.suffix == ".csv":
        head, *rows = path.read_text().splitlines()
        path.write_text("\n".join([head, *("-" + "," * row.count(",") for row in rows)]) + "\n")
    else:
        of_another_shape(path)


def another_shape(path: Path) -> bytes:
    """Give a whole file of the same kind that says something else."""
    if path.suffix == ".npz":
        buffer = io.BytesIO()
        np.savez(buffer, mean=np.zeros((2, 2)), other=np.array("text"))
        return buffer.getvalue()
    texts = {".json": '["a", 1, null]\n', ".jsonl": '"a"\n[]\n{}\n', ".csv": "a,b\n1,2\n"}
    return texts.get(path.suffix, "../../somewhere\n").encode()


def _turned(value: object) -> object:
    if isinstance(value, dict):
        return {name: _turned(inside) for name, inside in value.items()}
    return {"text": -1} if isinstance(value, str) else "text"


DAMAGES: dict[str, Damage] = {
    "cut off": cut_off,
    "random bytes": random_bytes,
    "empty": emptied,
    "missing": removed,
    "UTF-16": in_utf_16,
    "a folder": made_a_folder,
    "a link to nowhere": linked_to_nowhere,
    "huge": made_huge,
    "another shape": of_another_shape,
    "other types": of_other_types,
}


def copy_tree(source: Path, target: Path) -> Path:
    """Copy a folder by hard links, so that a hundred copies take no time; damage breaks a link."""
    shutil.copytree(source, target, copy_function=_link)
    return target


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)
