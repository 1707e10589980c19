"""The facts of METU agree with each other and with the images here."""

import hashlib
import random

import pytest

from crackcls.datasets.published import manifest, metu
from crackcls.errors import InputError
from tests.conftest import METU, needs_metu
from tests.datasets.published.small import ignore, place

NAMES = metu.manifest().names


def test_the_names_are_those_of_the_published_archive():
    names = set(NAMES)
    assert len(NAMES) == len(names) == 40_000
    assert list(NAMES) == sorted(names)
    there = "Negative/00001 Negative/10000 Negative/20000 Positive/00001 Positive/09999 "
    there += "Positive/10000_1 Positive/19378_1 Positive/19379 Positive/20000"
    assert {f"{name}.jpg" for name in there.split()} <= names
    absent = "Negative/00000 Negative/20001 Negative/10000_1 Positive/10000 Positive/19378 "
    absent += "Positive/09999_1 Positive/19379_1"
    assert not {f"{name}.jpg" for name in absent.split()} & names


@needs_metu
def test_the_names_and_the_shipped_list_agree_with_the_images_here():
    here = {f"{path.parent.name}/{path.name}" for path in METU.glob("*/*.jpg")}
    known = manifest._shipped_md5s(metu.manifest())
    assert here <= set(NAMES)
    assert set(known) == here
    assert {len(digits) for digits in known.values()} == {8}
    for name in random.Random(1).sample(sorted(here), 200):
        md5 = hashlib.md5((METU / name).read_bytes()).hexdigest()
        assert known[name] == md5[:8], name


@needs_metu
def test_half_of_the_data_set_is_not_the_data_set():
    with pytest.raises(InputError) as error:
        manifest.verify(place(METU), metu.manifest(), ignore)
    sentence = str(error.value)
    assert "must hold its 40,000 images and no others" in sentence
    assert "missing: 20,000 (Negative/" in sentence
    assert "and 19,997 more" in sentence


def test_the_shipped_list_is_small():
    assert metu.manifest().known.stat().st_size < 200_000


def test_sources_are_complete_and_the_attribution_names_what_the_licence_asks_for():
    assert [source.name for source in metu.SOURCES] == ["mendeley", "mendeley-zip", "zip"]
    assert all(source.url.startswith("https://") for source in metu.SOURCES)
    first = metu.SOURCES[0]
    assert (first.size, len(first.checksum)) == (241_363_336, len("sha256:") + 64)
    words = ["Concrete Crack Images for Classification", "Özgenel", "CC BY 4.0", "unpacked"]
    words += ["https://doi.org/10.17632/5y9wdsg2zt.2", "creativecommons.org/licenses/by/4.0"]
    assert [word for word in words if word not in metu.ATTRIBUTION] == []
