"""Whether a folder holds a published data set, all of it and nothing else, by content."""

import gzip
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from crackcls import events, parallel, typed
from crackcls.datasets.published.facts import Layout, Manifest, name_in
from crackcls.errors import InputError
from crackcls.labelled import list_images

FILE = "manifest.md5"
NAMES_SHOWN = 3


@dataclass(frozen=True)
class Place:
    """A folder that seems to hold a data set, and how the set lies there."""

    folder: Path
    layout: Layout

    def names(self, manifest: Manifest) -> list[str]:
        """Give what the files of a data set are called here, in the manifest's order."""
        return [name_in(self.layout, name) for name in manifest.names]


def locate(folder: Path | str, layouts: Sequence[Layout]) -> Place:
    """Find the folder that directly holds what a layout begins with, such as its class folders.

    Args:
        folder: That folder, or one up to two levels above it, as archives wrap it.
        layouts: How the set may lie.

    Raises:
        InputError: The folder is missing, or no such folder lies in it.
    """
    folder = typed.path(folder)
    place = find(folder, layouts)
    if place is None:
        raise InputError(
            f"The folder must hold {folders_of(layouts)}, at most two levels down, and "
            f"'{folder}' {received(folder) if folder.is_dir() else 'does not exist'}. "
            "Choose another."
        )
    return place


def find(folder: Path, layouts: Sequence[Layout]) -> Place | None:
    """Do as `locate`, and give None where there is no such folder."""
    for depth in ("", "*/", "*/*/"):
        for layout in layouts:
            first, *others = tops(layout)
            for found in sorted(folder.glob(depth + first)):
                parents = found.relative_to(folder).parts[:-1]
                hidden = any(part[0] in "._" for part in parents)
                whole = all((found.parent / name).is_dir() for name in (first, *others))
                if whole and not hidden:
                    return Place(found.parent, layout)
    return None


def tops(layout: Layout) -> list[str]:
    """Give the folders that a layout begins with."""
    return list(dict.fromkeys(folder.split("/")[0] for folder in layout))


def folders_of(layouts: Sequence[Layout]) -> str:
    """Give in words what a folder must hold."""
    quoted = [[f"'{name}'" for name in tops(layout)] for layout in layouts]
    return ", or ".join(f"{', '.join(most)} and {last}" for *most, last in quoted)


def received(folder: Path) -> str:
    """Give in words what a folder holds that does not hold what it must."""
    names = sorted(path.name for path in folder.iterdir() if path.name[0] not in "._")
    return f"does not, it holds {some(names)}" if names else "does not, it is empty"


def verify(place: Place, manifest: Manifest, emit: events.Emit) -> str:
    """Check by content that a place holds the data set, all of it and nothing else.

    Args:
        place: The place. What training passes over, such as hidden files and files of other
            types, is passed over here too.
        manifest: What it must hold.
        emit: Hears the progress, phase `checking`, in files.

    Returns:
        The lines of `manifest.md5`, which names altered files once it lies beside the
        installed ones.

    Raises:
        InputError: Names the files that are missing, extra or altered.
    """
    names = place.names(manifest)
    _check_names(set(list_images(place.folder).files), set(names))
    paths = [place.folder / name for name in names]
    found = events.with_progress(emit, "checking", parallel.ordered_map(_md5, paths), len(paths))
    md5s = dict(zip(manifest.names, found, strict=True))
    if manifest.digest not in _digests(md5s, manifest):
        raise InputError(_altered_sentence(place, manifest, md5s))
    return "".join(f"{line}\n" for line in _lines(md5s))


def some(names: Sequence[str]) -> str:
    """Give the first names in words, and how many more there are."""
    rest = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {rest:,} more" if rest > 0 else "")


def _check_names(found: set[str], expected: set[str]) -> None:
    wrong = {"missing": sorted(expected - found), "extra": sorted(found - expected)}
    parts = [f"{what}: {len(names):,} ({some(names)})" for what, names in wrong.items() if names]
    if parts:
        raise InputError(
            f"The data set must hold its {len(expected):,} images and no others, and here are "
            f"{', '.join(parts)}. Get it again."
        )


def _md5(path: Path) -> str:
    """Give the MD5 of a file, of nothing where it cannot be read, as `labelled` does."""
    try:
        return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    except OSError:
        return hashlib.md5(usedforsecurity=False).hexdigest()


def _lines(md5s: Mapping[str, str]) -> list[str]:
    return [f"{md5}  {name}" for name, md5 in md5s.items()]


def _digests(md5s: Mapping[str, str], manifest: Manifest) -> set[str]:
    """Give the digest for both orders that "sorted lines" may mean: whole lines, or names.

    Either one fixes the content of each name.
    """
    named = {name_in(manifest.digest_layout, name): md5 for name, md5 in md5s.items()}
    by_name = _lines(dict(sorted(named.items())))
    orders = (sorted(by_name), by_name)
    return {hashlib.sha256("\n".join(lines).encode()).hexdigest() for lines in orders}


def _altered_sentence(place: Place, manifest: Manifest, md5s: Mapping[str, str]) -> str:
    """Name the altered files as far as can be told: the digest alone names none."""
    known = _written_md5s(place.folder, manifest) or _shipped_md5s(manifest)
    unknown = [name for name in manifest.names if name not in known]
    altered = [name for name, md5 in known.items() if not md5s[name].startswith(md5)]
    altered = altered or _not_as_published(place, unknown, manifest.side)
    if altered:
        here = [name_in(place.layout, name) for name in altered]
        return (
            f"Each of the {len(manifest.names):,} images must be the published one, and "
            f"{len(here):,} {'is' if len(here) == 1 else 'are'} not ({some(here)}). "
            "Get the data set again."
        )
    return (
        f"Each of the {len(manifest.names):,} images must be the published one; the {len(known):,} "
        f"on the list of this program are, and some of the other {len(unknown):,} are not. "
        "Get the data set again."
    )


def _written_md5s(folder: Path, manifest: Manifest) -> dict[str, str]:
    """Read `manifest.md5`; it counts only while it has the digest of the data set."""
    try:
        lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    parts = [line.partition("  ") for line in lines]
    md5s = {name: md5 for md5, _, name in parts}
    return md5s if manifest.digest in _digests(md5s, manifest) else {}


def _shipped_md5s(manifest: Manifest) -> dict[str, str]:
    """Read the first digits of those MD5s that are known, in the order of the names."""
    if manifest.known is None:
        return {}
    digits = gzip.decompress(manifest.known.read_bytes()).decode("ascii").split()
    pairs = zip(manifest.names, digits, strict=True)
    return {name: start for name, start in pairs if start != "-"}


def _not_as_published(place: Place, names: Sequence[str], side: int) -> list[str]:
    paths = [place.folder / name_in(place.layout, name) for name in names]
    holds = parallel.ordered_map(lambda path: _is_published_form(path, side), paths)
    return [name for name, whole in zip(names, holds, strict=True) if not whole]


def _is_published_form(path: Path, side: int) -> bool:
    """Tell whether a file is a whole JPEG of the size and mode that all of the set has."""
    try:
        with Image.open(path, formats=["JPEG"]) as image:
            image.load()
            return image.size == (side, side) and image.mode == "RGB"
    except Exception:  # As in `images`: damaged files raise many kinds.
        return False
