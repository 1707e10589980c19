"""Made-up data sets of a dozen images, in the layouts of the published ones."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from crackcls.datasets.published import facts
from crackcls.datasets.published.manifest import Place
from crackcls.datasets.published.metu import METU
from crackcls.datasets.published.sdnet2018 import SDNET2018
from tests.conftest import encoded, picture

Content = dict[str, bytes]


def manifest_of(content: Content, layout: facts.Layout, side: int) -> facts.Manifest:
    """Give the manifest of made-up files, its digest made of their names in a layout."""
    md5s = {name: hashlib.md5(content[name]).hexdigest() for name in sorted(content)}
    lines = sorted(f"{md5}  {facts.name_in(layout, name)}" for name, md5 in md5s.items())
    return facts.Manifest(
        names=tuple(md5s),
        digest=hashlib.sha256("\n".join(lines).encode()).hexdigest(),
        digest_layout=layout,
        size=sum(map(len, content.values())),
        side=side,
    )


def in_layout(content: Content, layout: facts.Layout) -> Content:
    """Give files as an archive in a layout names them."""
    return {facts.name_in(layout, name): data for name, data in content.items()}


def zipped(content: Mapping[str, bytes], top: str = "") -> bytes:
    """Pack files in memory."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in content.items():
            archive.writestr(top + name, data)
    return buffer.getvalue()


def write(content: Content, folder: Path) -> Path:
    """Write files into a folder."""
    for name, data in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


NAMES = tuple(f"{name}/{i:05}.jpg" for name in ("Negative", "Positive") for i in range(1, 7))
CONTENT = {
    name: encoded(picture(seed, 227, "Positive" in name), quality=95)
    for seed, name in enumerate(NAMES)
}
SMALL = manifest_of(CONTENT, METU.layouts[0], 227)
SET = replace(METU, manifest=lambda: SMALL)

SDNET_NAMES = (
    "Cracked/decks_7001-115.jpg",
    "Cracked/decks_7039-110_2.jpg",
    "Cracked/pavements_001-10.jpg",
    "Cracked/walls_7069-110.jpg",
    "Non-cracked/decks_7001-1.jpg",
    "Non-cracked/pavements_001-1.jpg",
    "Non-cracked/walls_7069-1.jpg",
    "Non-cracked/walls_7069-2.jpg",
)
SDNET_CONTENT = {
    name: encoded(picture(seed + 100, 256, name.startswith("Cracked")), quality=95)
    for seed, name in enumerate(SDNET_NAMES)
}
SDNET_SMALL = manifest_of(SDNET_CONTENT, SDNET2018.manifest().digest_layout, 256)
SDNET_SET = replace(SDNET2018, manifest=lambda: SDNET_SMALL)


def place(folder: Path, of: facts.Published = SET) -> Place:
    """Give a folder that holds an installed set."""
    return Place(folder, of.layouts[0])


def ignore(kind: str, **fields: object) -> None:
    """Hear an event and do nothing."""
