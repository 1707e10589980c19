"""The facts of SDNET2018 agree with each other, with the images here and with the whole set."""

import hashlib
import os
import random
from collections import Counter
from pathlib import Path

import pytest

from crackcls.datasets.published import install, manifest, sdnet2018
from crackcls.datasets.published.sdnet2018 import SDNET2018
from tests.conftest import SHARED
from tests.datasets.published.small import ignore, place

TRAIN = SHARED / "sdnet2018" / "train"
WHOLE = os.environ.get("CRACKCLS_SDNET2018", "")
NAMES = sdnet2018.manifest().names

# As counted on all files, see the README of ../shared.
COUNTS = {
    ("Cracked", "decks"): 2_025,
    ("Cracked", "pavements"): 2_608,
    ("Cracked", "walls"): 3_851,
    ("Non-cracked", "decks"): 11_595,
    ("Non-cracked", "pavements"): 21_726,
    ("Non-cracked", "walls"): 14_287,
}

needs_sdnet = pytest.mark.skipif(
    not TRAIN.is_dir(), reason="SDNET2018 images are not beside the project (../shared/sdnet2018)"
)
needs_whole = pytest.mark.skipif(
    not WHOLE, reason="CRACKCLS_SDNET2018 names no folder with all of SDNET2018"
)


def test_the_names_are_as_many_a_surface_and_class_as_published():
    pairs = [name.partition("_")[0].split("/") for name in NAMES]
    assert Counter(map(tuple, pairs)) == COUNTS
    assert list(NAMES) == sorted(set(NAMES))
    assert len({name.partition("_")[2].partition("-")[0] for name in NAMES}) == 230
    there = "Cracked/decks_7001-115 Cracked/pavements_001-100 Cracked/walls_7069-101 "
    there += "Non-cracked/decks_7039-112_2"
    assert {f"{name}.jpg" for name in there.split()} <= set(NAMES)


def test_each_layout_names_each_file_once():
    for layout in (*SDNET2018.layouts, sdnet2018.DIGEST):
        assert len(set(manifest.Place(Path(), layout).names(sdnet2018.manifest()))) == len(NAMES)
    assert sdnet2018.PUBLISHED.keys() == {"D/CD", "D/UD", "P/CP", "P/UP", "W/CW", "W/UW"}
    assert set(sdnet2018.PUBLISHED.values()) == set(sdnet2018.IN_WORDS.values())
    assert sdnet2018.DIGEST["P/Non-cracked"] == sdnet2018.IN_WORDS["Pavements/Non-cracked"]


@needs_sdnet
def test_the_names_and_the_shipped_list_agree_with_the_images_here():
    here = {f"{path.parent.name}/{path.name}" for path in TRAIN.glob("*/*.jpg")}
    known = manifest._shipped_md5s(sdnet2018.manifest())
    assert here < set(NAMES)
    assert set(known) == set(NAMES)
    for name in random.Random(1).sample(sorted(here), 200):
        assert hashlib.md5((TRAIN / name).read_bytes()).hexdigest().startswith(known[name]), name


def test_the_shipped_lists_are_small():
    folder = sdnet2018.manifest().known.parent
    assert sum(path.stat().st_size for path in folder.glob("sdnet2018.*.gz")) < 350_000


def test_sources_are_complete_and_the_attribution_names_what_the_licence_asks_for():
    assert [source.name for source in SDNET2018.sources] == ["usu", "usu-zip"]
    site = "https://digitalcommons.usu.edu/"
    assert all(source.url.startswith(site) for source in SDNET2018.sources)
    words = ["SDNET2018: A concrete crack image dataset", "Maguire", "Dorafshan", "Thomas"]
    words += ["https://doi.org/10.15142/T3TD19", "CC BY 4.0", "Utah State University", "unpacked"]
    words += ["creativecommons.org/licenses/by/4.0"]
    assert [word for word in words if word not in SDNET2018.attribution] == []


@needs_whole
@pytest.mark.slow
def test_the_whole_set_is_installed_from_a_folder(tmp_path):
    target = install.install_folder(SDNET2018, WHOLE, tmp_path / "sdnet2018", ignore)
    lines = (target / manifest.FILE).read_text().splitlines()
    known = manifest._shipped_md5s(sdnet2018.manifest())
    assert [line.split("  ")[1] for line in lines] == list(NAMES)
    assert all(line.startswith(known[line.split("  ")[1]]) for line in lines)
    assert sum(path.stat().st_size for path in target.glob("*/*")) == sdnet2018.manifest().size
    path = target / "Non-cracked" / "walls_7069-1.jpg"
    path.write_bytes(path.read_bytes()[:-1])
    (target / manifest.FILE).unlink()
    with pytest.raises(install.InputError, match=r"1 is not \(Non-cracked/walls_7069-1.jpg\)"):
        manifest.verify(place(target, SDNET2018), sdnet2018.manifest(), ignore)
