"""The METU data set: facts."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from crackcls import config
from crackcls.datasets.published.facts import Manifest, Published, Source, as_installed

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

SOURCES = (
    Source(
        name="mendeley",
        url="https://data.mendeley.com/public-files/datasets/5y9wdsg2zt/files/"
        "8a70d8a5-bce9-4291-bab9-b48cfb3e87c3/file_downloaded",
        size=241_363_336,
        checksum="sha256:08d7dc505a4f5a0330cee2fa2a1ae4b5b4f98bcffd0549b774caf7959bb1f02f",
        kind="rar",
    ),
    Source(
        name="mendeley-zip",
        url="https://prod-dcd-datasets-cache-zipfiles.s3.eu-west-1.amazonaws.com/5y9wdsg2zt-2.zip",
        size=None,
        checksum=None,
        kind="rar in zip",
    ),
    Source(
        name="zip",
        url="https://s3-api.us-geo.objectstorage.softlayer.net/cf-courses-data/CognitiveClass/"
        "DL0321EN/data/images/concrete_crack_images_for_classification.zip",
        size=None,
        checksum=None,
        kind="zip",
    ),
)
LAYOUT = as_installed("Negative", "Positive")


@cache
def manifest() -> Manifest:
    """Give what the data set must hold."""
    return Manifest(
        names=tuple(sorted(_published_names())),
        digest="14e3d1fcf5a962cf78688ad2d3191bb2d81a45a1a5a3e252bddfa6cd501fec3e",
        digest_layout=LAYOUT,
        size=245_462_983,
        side=227,
        known=Path(__file__).with_name("metu.md5.gz"),
    )


def _published_names() -> Iterator[str]:
    for number in range(1, 20_001):
        yield f"Negative/{number:05}.jpg"
        yield f"Positive/{number:05}{'_1' if 10_000 <= number <= 19_378 else ''}.jpg"


METU = Published(
    name="metu",
    title="METU",
    attribution=ATTRIBUTION,
    images=40_000,
    megabytes=241,
    sources=SOURCES,
    manifest=manifest,
    layouts=(LAYOUT,),
    limits=config.ArchiveLimits(files=41_000, size=300_000_000, ratio=50),
)
