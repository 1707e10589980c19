"""What to expect of the next person's wall: sets kept out of training in turn, and measured on.

    python -m benchmarks.kept_out --shared ../shared --models /tmp/kept-out

One short training of the shipped recipe with all sets, and one without each kind of concrete, each
measured on photographs that none of them saw. Models that stand in `--models` are not trained anew.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from benchmarks import concrete, photos
from benchmarks.concrete import Patches
from crackcls.labelled import content_hashes
from crackcls.network import calibration
from crackcls.network.classifier import load_model
from crackcls.runs import folders

ALL = "all"
KEPT_OUT = *concrete.SURFACES, "metu", "roads"
EPOCHS, LIMIT = 3, 9000


def main() -> None:
    """Train what is not there, and print the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--shared", type=Path, default=Path("../shared"))
    options.add_argument("--models", type=Path, required=True, help="folder of their models")
    options.add_argument("--epochs", type=int, default=EPOCHS)
    options.add_argument("--limit", type=int, default=LIMIT, help="images of a training")
    chosen = options.parse_args()
    chosen.models.mkdir(parents=True, exist_ok=True)
    for name in (ALL, *KEPT_OUT):
        if not (chosen.models / name / "report.json").exists():
            train(name, chosen)
    print_table(chosen.models, chosen.shared)


def train(name: str, chosen: argparse.Namespace) -> None:
    """Train without one kind, named as in the table."""
    sizes = ["--epochs", str(chosen.epochs), "--limit", str(chosen.limit)]
    command = [sys.executable, "-m", "crackcls", "train", "--fine-tune", "all", "--name", name]
    places = {**os.environ, "CRACKCLS_MODELS": str(chosen.models)}
    sets = [*recipe(name, chosen.shared), *left_out(name, chosen)]
    subprocess.run([*command, *sizes, *sets], env=places, check=True, stdout=subprocess.DEVNULL)


def recipe(name: str, shared: Path) -> list[str]:
    """Give the sets of a training, as the card of the model `default` has them."""
    sound = shared / "surfaces" / "sound"
    words = ["--data", f"sdnet2018={shared / 'sdnet2018' / 'train'}"]
    words += ["--data", "synthetic=synthetic-2000-0", "--sound", f"surfaces={sound}"]
    words += ["--sound", str(shared / "everyday"), "--weight", "everyday=3"]
    if name != "metu":
        words += ["--data", str(shared / "metu"), "--cap", "metu=8000"]
    return words + (["--data", str(shared / "roads")] if name != "roads" else [])


def left_out(name: str, chosen: argparse.Namespace) -> list[str]:
    """Give the lists of images that a training leaves out: METU's test part, and a surface."""
    lists = [folders.folder_of(photos.STUDY) / "split.csv"]
    if name in concrete.SURFACES:
        paths = sorted((chosen.shared / "sdnet2018" / "train").glob(f"*/{name}_*"))
        lists.append(chosen.models / f"{name}.csv")
        shas = list(content_hashes(paths))
        table = pd.DataFrame({"sha256": shas, "file": [path.name for path in paths]})
        table.to_csv(lists[-1], index=False)
    return [word for path in lists for word in ("--without", str(path))]


def print_table(models: Path, shared: Path) -> None:
    """Print a row for each kind: trained without it, and with it."""
    heads = "measured on", "trained", *concrete.HEADS[1:]
    print(f"| {' | '.join(heads)} |\n| {' | '.join(['---'] * len(heads))} |")
    for patches in measured_on(shared, concrete.trained_on(models / ALL)):
        for name in (patches.name.split(",")[0], ALL):
            folder = models / name
            judge = load_model(folder), calibration.load(folder)
            judged = [photos.judge(paths, judge) for paths in (patches.sound, patches.cracked)]
            cells = concrete.figures(*([*one.values()] for one in judged))
            how = "with all sets" if name == ALL else "without it"
            print(f"| {patches.name} | {how} | {' | '.join(cells)} |", flush=True)


def measured_on(shared: Path, seen: set[str]) -> Sequence[Patches]:
    """List what is measured on, by the names of `KEPT_OUT`, without the images `seen`."""
    listed = {one.name.removeprefix("SDNET2018 "): one for one in concrete.list_sets(shared)}
    paths = photos.test_paths(shared / "metu", folders.folder_of(photos.STUDY))
    metu = Patches("metu", tuple(paths["Negative"]), tuple(paths["Positive"]))
    surfaces = [name for name in listed if name.split(",")[0] in concrete.SURFACES]
    roads = concrete.unseen(listed["roads"], seen)
    named = [Patches(name, listed[name].sound, listed[name].cracked) for name in surfaces]
    return [*named, metu, roads]


if __name__ == "__main__":
    main()
