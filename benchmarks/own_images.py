"""The images of their own tests that come with the shipped models, chosen and copied anew.

    python -m benchmarks.own_images --shared ../shared

All that are wrong, all of which the model was less sure than `DOUBTFUL`, and `RIGHT` others, taken
in turn from each set and class in the order of their SHA-256. The stored predictions choose;
nothing is judged. An image is copied as it was published. Flowers are left out: each is credited
apart, and none is wrong.

`models/photos.csv` then names photos of these that any model may be judged on, see `same`.
"""

import argparse
import hashlib
import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from crackcls import config, files
from crackcls.datasets import shipped_photos
from crackcls.datasets.published.sets import SETS
from crackcls.datasets.synthetic import pictures
from crackcls.evaluation import sources

DOUBTFUL, RIGHT, LEFT_OUT = 0.75, 40, "everyday"
PLACES = {"metu": "metu", "sdnet2018": "sdnet2018/train", "roads": "roads"}
PLACES |= {"surfaces": "surfaces/sound"}
ROADS = """\
Cracks and potholes in road images
Authors: B. T. Passos et al.
Published: Mendeley Data, version 4
Link: https://doi.org/10.17632/t576ydh9v8.4
Licence: CC BY 4.0, https://creativecommons.org/licenses/by/4.0/
Changes: patches of 192 x 192 pixels were cut out.
"""
SURFACES = """\
Thumbnails of the catalogue of ambientCG, https://ambientcg.com
Licence: CC0 1.0
"""
WHOSE = {
    "metu": ("METU, Ç. F. Özgenel, CC BY 4.0", SETS["metu"].attribution),
    "sdnet2018": ("SDNET2018, M. Maguire et al., CC BY 4.0", SETS["sdnet2018"].attribution),
    "roads": ("roads, B. T. Passos et al., CC BY 4.0", ROADS),
    "surfaces": ("surfaces, ambientCG, CC0", SURFACES),
    "synthetic": ("synthetic, drawn by crackcls", "Made-up pictures, drawn by crackcls.\n"),
}


def main() -> None:
    """Copy the images of each shipped model, and say how many and how large they are."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--shared", type=Path, default=Path("../shared"))
    shared = options.parse_args().shared
    for name in config.SHIPPED_MODELS:
        folder = config.shipped_folder() / name
        rows = chosen(tested(folder))
        size = write(rows, folder / sources.FOLDER, shared)
        print(f"{name}: {len(rows)} images, {size:,} bytes")
    listed = same()
    files.write_csv(config.shipped_folder() / shipped_photos.LIST, listed)
    print(f"{len(listed)} photos to judge any model on")


def same() -> pd.DataFrame:
    """Choose the photos that any model may be judged on, see `datasets.shipped_photos`.

    Of each set and class those are taken of which its model was sure and right, as the hash chose
    them, and of the wrong and the doubtful ones, which are all here, the same share. What a
    shipped model has learned from is left out, and so are made-up pictures: models of a class
    learn from those.

    Returns:
        Columns `file`, below the folder of the shipped models, and `class`.
    """
    models = [config.shipped_folder() / name for name in config.SHIPPED_MODELS]
    learned = {sha for model in models for sha in learned_from(model)}
    parts = [
        part.assign(file=f"{model.name}/{sources.FOLDER}/" + part["file"])
        for model in models
        for _, rows in tested(model).groupby(["set", "actual"])
        for part in fair(rows[~rows["set"].isin([LEFT_OUT, "synthetic"])], model)
    ]
    found = pd.concat(parts)
    found = found[~found["sha256"].isin(learned)].drop_duplicates("sha256")
    return found.rename(columns={"actual": "class"})[["file", "class"]].sort_values("file")


def learned_from(model: Path) -> set[str]:
    """Give the hashes of what a model learned from, or was stopped by."""
    table = files.read_csv(model / "split.csv")
    return {*table["sha256"][table["part"] != "test"]}


def fair(rows: pd.DataFrame, model: Path) -> Iterator[pd.DataFrame]:
    """Give the images of a set and class that are here, each kind in its share."""
    rows = rows.sort_values("sha256")
    here = pd.Series(
        [(model / sources.FOLDER / file).is_file() for file in rows["file"]], rows.index
    )
    is_wrong = rows["actual"] != rows["predicted"]
    is_sure = ~is_wrong & (rows["probability"] >= DOUBTFUL)
    if not is_sure.any():
        return
    share = (is_sure & here).sum() / is_sure.sum()
    yield rows[is_sure & here]
    for kind in (is_wrong, ~is_wrong & ~is_sure):
        yield rows[kind].head(round(share * kind.sum()))


def tested(model: Path) -> pd.DataFrame:
    """Read the predictions of a model's test part, with `set`, `sha256` and the file's `name`."""
    table = files.read_csv(model / "predictions.csv")
    shas = files.read_csv(model / "split.csv").set_index("file")["sha256"]
    if "set" in table:
        name = table["file"].str.partition("/")[2]
    else:
        table, name = table.assign(set=model.name), table["file"]
    return table.assign(name=name, sha256=table["file"].map(shas))


def chosen(table: pd.DataFrame) -> pd.DataFrame:
    """Choose the images of a test that come with the model; see above."""
    table = table[table["set"] != LEFT_OUT].sort_values("sha256")
    wanted = (table["actual"] != table["predicted"]) | (table["probability"] < DOUBTFUL)
    groups = [list(rows.index) for _, rows in table[~wanted].groupby(["set", "actual"])]
    turns = itertools.chain.from_iterable(itertools.zip_longest(*groups))
    right = [at for at in turns if at is not None][:RIGHT]
    return table.loc[[*table.index[wanted], *right]]


def write(rows: pd.DataFrame, target: Path, shared: Path) -> int:
    """Write images and credits in place of what lies there; give their bytes."""
    shutil.rmtree(target, ignore_errors=True)
    size = 0
    for row in rows.to_dict("records"):
        content = read(row["set"], row["name"], shared)
        if hashlib.sha256(content).hexdigest() != row["sha256"]:
            raise SystemExit(f"'{row['file']}' must be the image that was tested, and it is not.")
        path = target / row["file"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        size += len(content)
    names = [name for name in WHOSE if name in set(rows["set"])]
    (target / sources.CREDITS).write_text("\n".join(credit_lines(names)), encoding="utf-8")
    return size


def read(of: str, name: str, shared: Path) -> bytes:
    """Read an image of a set; a made-up one is drawn again."""
    if of == "synthetic":
        label, _, number = name.removesuffix(".jpg").partition("/")
        return pictures.picture(0, int(number), label)
    return (shared / PLACES[of] / name).read_bytes()


def credit_lines(names: list[str]) -> Iterator[str]:
    """Give a line that names whose the images are, then each set in full."""
    yield f"Images: {'; '.join(WHOSE[name][0] for name in names)}."
    for name in names:
        yield f"\n{name}\n{WHOSE[name][1]}"


if __name__ == "__main__":
    main()
