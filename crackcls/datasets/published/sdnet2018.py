"""The SDNET2018 data set: facts.

Both lists beside this file were made of all 56,092 files, whose digest is the one below.
`sdnet2018.names.gz` has a line for each photograph: what the names of its pieces begin and end
with, and for each number C (cracked), U (uncracked) or a dot where there is no such piece.
`sdnet2018.md5.gz` has the first six digits of each file's MD5, in the order of the names.
"""

import gzip
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from crackcls import config
from crackcls.datasets.published.facts import Manifest, Published, Source, as_installed

ATTRIBUTION = """\
SDNET2018: A concrete crack image dataset for machine learning applications
Authors: M. Maguire, S. Dorafshan, R. J. Thomas
Published: Utah State University, 2018
Link: https://doi.org/10.15142/T3TD19
Licence: CC BY 4.0, https://creativecommons.org/licenses/by/4.0/
Changes: the published archive was unpacked, its six folders became one a class, and the
surface (decks, pavements, walls) was put in front of each name; no photo was changed.

Please cite: Maguire, M., Dorafshan, S. and Thomas, R. J. (2018), "SDNET2018: A concrete crack
image dataset for machine learning applications", Utah State University, doi:10.15142/T3TD19
"""

_SITE = "https://digitalcommons.usu.edu"
_PAGE = f"{_SITE}/all_datasets/48/"
SOURCES = (
    # A ZIP that holds a README and the ZIP of the photos. Size and MD5 are of this one.
    Source(
        name="usu",
        url=f"{_SITE}/context/all_datasets/article/1047/type/native/viewcontent",
        size=528_286_896,
        checksum="md5:677411e784f194422c90f52d9ed0d7c6",
        kind="zip in zip",
        page=_PAGE,
    ),
    # The ZIP of the photos alone.
    Source(
        name="usu-zip",
        url=f"{_SITE}/cgi/viewcontent.cgi"
        "?filename=2&article=1047&context=all_datasets&type=additional",
        size=None,
        checksum=None,
        kind="zip",
        page=_PAGE,
        most=600_000_000,
    ),
)

CLASSES = {"C": "Cracked", "U": "Non-cracked"}
LAYOUT = as_installed(*CLASSES.values())
# As published: D, P and W for decks, pavements and walls; C and U for cracked and uncracked.
PUBLISHED = {
    "D/CD": "Cracked/decks_",
    "D/UD": "Non-cracked/decks_",
    "P/CP": "Cracked/pavements_",
    "P/UP": "Non-cracked/pavements_",
    "W/CW": "Cracked/walls_",
    "W/UW": "Non-cracked/walls_",
}
# As others have packed it anew.
IN_WORDS = {
    f"{surface}/{class_}": f"{class_}/{surface.lower()}_"
    for surface in ("Decks", "Pavements", "Walls")
    for class_ in LAYOUT
}
# As the digest names the files.
DIGEST = {f"{folder[0]}/{folder.split('/')[1]}": start for folder, start in IN_WORDS.items()}


@cache
def manifest() -> Manifest:
    """Give what the data set must hold."""
    return Manifest(
        names=tuple(sorted(_published_names())),
        digest="5f479d8773d21090d4f1dd44a6b9b0adace2573ca687e770b4193a457c49d806",
        digest_layout=DIGEST,
        size=530_772_754,
        side=256,
        known=Path(__file__).with_name("sdnet2018.md5.gz"),
    )


def _published_names() -> Iterator[str]:
    packed = Path(__file__).with_name("sdnet2018.names.gz").read_bytes()
    for line in gzip.decompress(packed).decode("ascii").splitlines():
        start, end, letters = line.split()
        for number, letter in enumerate(letters, 1):
            if letter != ".":
                yield f"{CLASSES[letter]}/{start}{number}{end}"


SDNET2018 = Published(
    name="sdnet2018",
    title="SDNET2018",
    attribution=ATTRIBUTION,
    images=56_092,
    megabytes=528,
    sources=SOURCES,
    manifest=manifest,
    layouts=(LAYOUT, PUBLISHED, IN_WORDS),
    # A Mac packs a second entry for each file.
    limits=config.ArchiveLimits(files=120_000, size=700_000_000, ratio=50),
)
