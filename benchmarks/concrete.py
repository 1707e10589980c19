"""How models do on patches of other concrete, and on what is no crack, set by set.

    python -m benchmarks.concrete --shared ../shared
    python -m benchmarks.concrete --shared ../shared --whole data/sdnet2018

Only images that no model given has seen in training: SDNET2018's `val`, and of the sets beside it
those that are in no model's training part. With `--whole`, the folder of all of it, only the
patches of the 50 photographs of its test part, which are for a last look and choose nothing.
"""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import photos, walls
from crackcls import config, files
from crackcls.labelled import content_hashes
from crackcls.network import calibration
from crackcls.network.classifier import load_model
from crackcls.photos.verdict import FOUND, NOT_FOUND, UNFAMILIAR, Analysis, decide
from crackcls.runs import folders

SURFACES = "decks", "pavements", "walls"
# "Cracked" patches of decks and walls in SDNET2018's `val` on which a person saw no crack, looking
# at all 300 at 200 pixels a side before any prediction on them was seen.
WITHOUT_CRACK = Path(__file__).with_name("sdnet2018_val_without_crack.txt")
CALLED = 0.05
HEADS = (
    "set", "sound", "cracked", "ROC AUC", f"found at {CALLED:.0%} called", "cracked called",
    "sound called", "missed, familiar", "unfamiliar",
)  # fmt: skip
# Made-up walls of a kind.
WALLS = 50


@dataclass(frozen=True)
class Patches:
    """Images of one set.

    Attributes:
        name: What to call them.
        sound: Paths without a crack.
        cracked: Paths with one, by the published labels.
    """

    name: str
    sound: tuple[Path, ...]
    cracked: tuple[Path, ...] = ()


def main() -> None:
    """Print a table for each model."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--shared", type=Path, default=Path("../shared"))
    options.add_argument("--models", nargs="+", default=config.SHIPPED_MODELS)
    options.add_argument("--whole", type=Path, help="folder of all of it, for its test part")
    chosen = options.parse_args()
    if chosen.whole:
        sets = list_test_part(chosen.whole, chosen.shared)
        for name in chosen.models:
            folder = folders.folder_of(name)
            print_table(name, sets, (load_model(folder), calibration.load(folder)))
    else:
        print_tables(chosen.models, chosen.shared)


def print_tables(names: Sequence[str], shared: Path) -> None:
    """Print a table for each model, all on the same images."""
    places = [folders.folder_of(name) for name in names]
    seen = set().union(*map(trained_on, places))
    sets = [unseen(one, seen) for one in list_sets(shared)]
    sets.append(Patches("packages", tuple(photos.other_pictures())))
    with tempfile.TemporaryDirectory() as made_up:
        sets += draw_walls(Path(made_up))
        for folder in places:
            model = load_model(folder), calibration.load(folder)
            print_table(folder.name, sets, model)


def draw_walls(folder: Path) -> list[Patches]:
    """Draw sound walls with roots and with wet edges, and cracked ones; see `walls`."""
    kinds = {"rooted": walls.rooted, "wet": walls.wet, "cracked": lambda n: walls.cracked(n)[0]}
    paths = {kind: [folder / f"{kind}-{n:02}.png" for n in range(WALLS)] for kind in kinds}
    for kind, draw in kinds.items():
        for number, path in enumerate(paths[kind]):
            draw(number).save(path)
    rooted, wet, cracked = (tuple(found) for found in paths.values())
    return [Patches("made-up walls with roots", rooted, cracked), Patches("with wet edges", wet)]


def trained_on(folder: Path) -> set[str]:
    """Give the SHA-256 of each image that a model was trained on."""
    split = files.read_csv(folder / "split.csv")
    return set(split["sha256"][split["part"] == "train"])


def list_sets(shared: Path) -> list[Patches]:
    """List what there is to measure on."""
    val = shared / "sdnet2018" / "val"
    sets = [
        Patches(
            f"SDNET2018 {name}",
            tuple(sorted((val / "Non-cracked").glob(f"{name}_*"))),
            tuple(sorted((val / "Cracked").glob(f"{name}_*"))),
        )
        for name in SURFACES
    ]
    roads, doubted = shared / "roads", set(WITHOUT_CRACK.read_text().split())
    cleaned = [
        Patches(
            f"{one.name}, cleaned",
            one.sound,
            tuple(path for path in one.cracked if path.name not in doubted),
        )
        for one in sets
        if any(path.name in doubted for path in one.cracked)
    ]
    return [
        *sets,
        *cleaned,
        Patches("roads", pictures(roads / "Non-cracked"), pictures(roads / "Cracked")),
        Patches("surfaces", pictures(shared / "surfaces" / "sound")),
        Patches("everyday", pictures(shared / "everyday")),
    ]


def list_test_part(whole: Path, shared: Path) -> list[Patches]:
    """List the patches of the photographs that are in no other part, surface by surface."""
    held = set((shared / "sdnet2018" / "test_photos.txt").read_text().split())

    def of(class_: str, surface: str) -> tuple[Path, ...]:
        found = sorted((whole / class_).glob(f"{surface}_*"))
        return tuple(path for path in found if path.name.split("-")[0] in held)

    pairs = [(name, of("Non-cracked", name), of("Cracked", name)) for name in SURFACES]
    return [Patches(f"SDNET2018 test, {name}", sound, cracked) for name, sound, cracked in pairs]


def pictures(folder: Path) -> tuple[Path, ...]:
    """Give the pictures in a folder."""
    return tuple(p for p in sorted(folder.iterdir()) if p.suffix in config.PHOTO_SUFFIXES)


def unseen(patches: Patches, seen: set[str]) -> Patches:
    """Leave out what was trained on."""

    def keep(paths: Sequence[Path]) -> tuple[Path, ...]:
        pairs = zip(paths, content_hashes(paths), strict=True)
        return tuple(path for path, sha in pairs if sha not in seen)

    return Patches(patches.name, keep(patches.sound), keep(patches.cracked))


def print_table(name: str, sets: Sequence[Patches], model) -> None:
    """Print one row for each set."""
    print(f"\nModel {name}:\n\n| {' | '.join(HEADS)} |\n| {' | '.join(['---'] * len(HEADS))} |")
    for patches in sets:
        judged = [photos.judge(paths, model) for paths in (patches.sound, patches.cracked)]
        cells = figures(*([*one.values()] for one in judged))
        print(f"| {patches.name} | {' | '.join(cells)} |", flush=True)


def figures(sound: Sequence[Analysis], cracked: Sequence[Analysis]) -> list[str]:
    """Give the cells of a row, `-` where the set has no cracks."""
    counts = [f"{len(sound):,}", f"{len(cracked):,}"]
    called = share(sound, lambda one: decide(one).kind == FOUND)
    strange = share([*sound, *cracked], lambda one: decide(one).kind == UNFAMILIAR)
    if not cracked:
        return [*counts, "-", "-", "-", called, "-", strange]
    scores = [
        np.array([one.probabilities[:, one.label].max() for one in k]) for k in (sound, cracked)
    ]
    missed = share(cracked, lambda one: decide(one).kind == NOT_FOUND and known(one))
    found = share(cracked, lambda one: decide(one).kind == FOUND)
    ranked = [f"{area(*scores):.3f}", f"{found_at(*scores):.0%}"]
    return [*counts, *ranked, found, called, missed, strange]


def known(one: Analysis) -> bool:
    """Tell whether a photo is wholly familiar."""
    return bool(decide(one).familiarity >= 1)


def share(analyses: Sequence[Analysis], holds) -> str:
    """Give the share for which something holds."""
    return f"{np.mean([holds(one) for one in analyses]):.1%}"


def area(sound: np.ndarray, cracked: np.ndarray) -> float:
    """Give the area under the ROC curve."""
    from sklearn.metrics import roc_auc_score

    labels = np.repeat([0, 1], [len(sound), len(cracked)])
    return float(roc_auc_score(labels, np.concatenate([sound, cracked])))


def found_at(sound: np.ndarray, cracked: np.ndarray) -> float:
    """Give the share of cracks found where at most `CALLED` of the sound ones are called."""
    limit = np.sort(sound)[int(np.ceil((1 - CALLED) * len(sound))) - 1]
    return float(np.mean(cracked > limit))


if __name__ == "__main__":
    main()
