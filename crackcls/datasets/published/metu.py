"""The METU data set: where it comes from, what is in it, and whether a folder holds it."""

import gzip
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from crackcls import events, parallel
from crackcls.errors import InputError
from crackcls.labelled import list_images

# What commands and folders call it.
NAME = "metu"
ATTRIBUTION_FILE = "ATTRIBUTION.txt"
MANIFEST_FILE = "manifest.md5"
ATTRIBUTION = """\
Concrete Crack Images for Classification
Author: Ç. F. Özgenel
Published: Mendeley Data, version 2, 2019
Link: https://doi.org/10.17632/5y9wdsg2zt.2
Licence: CC BY 4.0, https://creativecommons.org/licenses/by/4.0/
Changes: the published archive was unpacked, nothing else was changed.

Please cite: Özgenel, Ç. F. (2019), "Concrete Crack Images for Classification",
Mendeley Data, V2, doi:10.17632/5y9wdsg2zt.2
"""

CLASSES = ("Negative", "Positive")
SIDE = 227
NAMES_SHOWN = 3


@dataclass(frozen=True)
class Source:
    """An address that gives the data set.

    Attributes:
        name: How a command names it.
        url: The address of the archive.
        size: Its bytes, None where nobody has published them.
        sha256: Its SHA-256 in hexadecimal, None where nobody has published it.
        kind: `rar`, `rar in zip` or `zip`.
    """

    name: str
    url: str
    size: int | None
    sha256: str | None
    kind: str


SOURCES = (
    Source(
        name="mendeley",
        url="https://data.mendeley.com/public-files/datasets/5y9wdsg2zt/files/"
        "8a70d8a5-bce9-4291-bab9-b48cfb3e87c3/file_downloaded",
        size=241_363_336,
        sha256="08d7dc505a4f5a0330cee2fa2a1ae4b5b4f98bcffd0549b774caf7959bb1f02f",
        kind="rar",
    ),
    Source(
        name="mendeley-zip",
        url="https://prod-dcd-datasets-cache-zipfiles.s3.eu-west-1.amazonaws.com/5y9wdsg2zt-2.zip",
        size=None,
        sha256=None,
        kind="rar in zip",
    ),
    Source(
        name="zip",
        url="https://s3-api.us-geo.objectstorage.softlayer.net/cf-courses-data/CognitiveClass/"
        "DL0321EN/data/images/concrete_crack_images_for_classification.zip",
        size=None,
        sha256=None,
        kind="zip",
    ),
)


@dataclass(frozen=True)
class Manifest:
    """What a data set must hold.

    Attributes:
        names: The files as `Class/name`, sorted.
        digest: SHA-256, in hexadecimal, of the sorted lines `md5  Class/name`, joined by
            line ends without a last one.
        size: Bytes of all files.
        known: A gzip file with one line for each name: the first digits of its MD5, or `-`.
    """

    names: tuple[str, ...]
    digest: str
    size: int
    known: Path | None = None


def _published_names() -> Iterator[str]:
    for number in range(1, 20_001):
        yield f"Negative/{number:05}.jpg"
        yield f"Positive/{number:05}{'_1' if 10_000 <= number <= 19_378 else ''}.jpg"


METU = Manifest(
    names=tuple(sorted(_published_names())),
    digest="14e3d1fcf5a962cf78688ad2d3191bb2d81a45a1a5a3e252bddfa6cd501fec3e",
    size=245_462_983,
    known=Path(__file__).with_name("metu.md5.gz"),
)


def locate(folder: Path | str) -> Path:
    """Find the folder that directly holds `Negative` and `Positive`.

    Args:
        folder: That folder, or one up to two levels above it, as archives wrap it.

    Raises:
        InputError: The folder is missing, or no such folder lies in it.
    """
    folder = Path(folder).expanduser()
    first, second = CLASSES
    for pattern in (first, f"*/{first}", f"*/*/{first}"):
        for found in sorted(folder.glob(pattern)):
            parents = found.relative_to(folder).parts[:-1]
            hidden = any(part[0] in "._" for part in parents)
            if not hidden and found.is_dir() and (found.parent / second).is_dir():
                return found.parent
    raise InputError(
        f"The folder must hold '{first}' and '{second}', at most two levels down, and "
        f"'{folder}' {'does not' if folder.is_dir() else 'does not exist'}. Choose another."
    )


def verify(folder: Path, manifest: Manifest, emit: events.Emit) -> str:
    """Check by content that a folder holds the data set, all of it and nothing else.

    Args:
        folder: The folder that directly holds the class folders. What training passes over,
            such as hidden files and files of other types, is passed over here too.
        manifest: What it must hold.
        emit: Hears the progress, phase `checking`, in files.

    Returns:
        The lines of `manifest.md5`, which names altered files once it lies in the folder.

    Raises:
        InputError: Names the files that are missing, extra or altered.
    """
    _check_names(set(list_images(folder).files), set(manifest.names))
    paths = [folder / name for name in manifest.names]
    found = events.with_progress(emit, "checking", parallel.ordered_map(_md5, paths), len(paths))
    md5s = dict(zip(manifest.names, found, strict=True))
    if manifest.digest not in _digests(md5s):
        raise InputError(_altered_sentence(folder, manifest, md5s))
    return _text(_lines(md5s))


def _check_names(found: set[str], expected: set[str]) -> None:
    wrong = {"missing": sorted(expected - found), "extra": sorted(found - expected)}
    parts = [f"{what}: {len(names):,} ({_some(names)})" for what, names in wrong.items() if names]
    if parts:
        raise InputError(
            f"The data set must hold its {len(expected):,} images and no others, and here are "
            f"{', '.join(parts)}. Get it again."
        )


def _some(names: Sequence[str]) -> str:
    rest = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {rest:,} more" if rest > 0 else "")


def _md5(path: Path) -> str:
    """Give the MD5 of a file, of nothing where it cannot be read, as `labelled` does."""
    try:
        return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    except OSError:
        return hashlib.md5(usedforsecurity=False).hexdigest()


def _lines(md5s: Mapping[str, str]) -> list[str]:
    return [f"{md5}  {name}" for name, md5 in md5s.items()]


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _digests(md5s: Mapping[str, str]) -> set[str]:
    """Give the digest for both orders that "sorted lines" may mean: whole lines, or names.

    Either one fixes the content of each name.
    """
    by_name = _lines({name: md5s[name] for name in sorted(md5s)})
    orders = (sorted(by_name), by_name)
    return {hashlib.sha256("\n".join(lines).encode()).hexdigest() for lines in orders}


def _altered_sentence(folder: Path, manifest: Manifest, md5s: Mapping[str, str]) -> str:
    """Name the altered files as far as can be told: the digest alone names none."""
    known = _written_md5s(folder, manifest) or _shipped_md5s(manifest)
    altered = [name for name, md5 in known.items() if not md5s[name].startswith(md5)]
    unknown = [name for name in manifest.names if name not in known]
    altered = altered or _not_as_published(folder, unknown)
    if altered:
        return (
            f"Each of the {len(manifest.names):,} images must be the published one, and "
            f"{len(altered):,} {'is' if len(altered) == 1 else 'are'} not ({_some(altered)}). "
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
        lines = (folder / MANIFEST_FILE).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    parts = [line.partition("  ") for line in lines]
    md5s = {name: md5 for md5, _, name in parts}
    return md5s if manifest.digest in _digests(md5s) else {}


def _shipped_md5s(manifest: Manifest) -> dict[str, str]:
    """Read the first digits of those MD5s that are known, in the order of the names."""
    if manifest.known is None:
        return {}
    digits = gzip.decompress(manifest.known.read_bytes()).decode("ascii").split()
    pairs = zip(manifest.names, digits, strict=True)
    return {name: start for name, start in pairs if start != "-"}


def _not_as_published(folder: Path, names: Sequence[str]) -> list[str]:
    paths = [folder / name for name in names]
    holds = parallel.ordered_map(_is_published_form, paths)
    return [name for name, whole in zip(names, holds, strict=True) if not whole]


def _is_published_form(path: Path) -> bool:
    """Tell whether a file is a whole JPEG of the size and mode that all of METU has."""
    try:
        with Image.open(path, formats=["JPEG"]) as image:
            image.load()
            return image.size == (SIDE, SIDE) and image.mode == "RGB"
    except Exception:  # As in `images`: damaged files raise many kinds.
        return False
