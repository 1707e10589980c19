"""The METU data set: its names, its digest, and that what differs is named."""

import gzip
import hashlib
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from crackcls.datasets.published import metu
from crackcls.errors import InputError
from tests.conftest import METU, encoded, needs_metu, picture

NAMES = tuple(f"{name}/{i:05}.jpg" for name in ("Negative", "Positive") for i in range(1, 7))
CONTENT = {
    name: encoded(picture(seed, metu.SIDE, "Positive" in name), quality=95)
    for seed, name in enumerate(NAMES)
}
MD5S = {name: hashlib.md5(content).hexdigest() for name, content in CONTENT.items()}
LINES = sorted(f"{md5}  {name}" for name, md5 in MD5S.items())
SMALL = metu.Manifest(
    names=NAMES,
    digest=hashlib.sha256("\n".join(LINES).encode()).hexdigest(),
    size=sum(map(len, CONTENT.values())),
)


def ignore(kind: str, **fields: object) -> None:
    """Hear an event and do nothing."""


def write_small(folder: Path) -> Path:
    """Write the made-up data set into a folder."""
    for name, content in CONTENT.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_small(tmp_path / "small")


def refusal(folder: Path, manifest: metu.Manifest = SMALL) -> str:
    """Verify a folder that must be refused and give the sentence."""
    with pytest.raises(InputError) as error:
        metu.verify(folder, manifest, ignore)
    return str(error.value)


def test_the_names_are_those_of_the_published_archive():
    names = set(metu.METU.names)
    assert len(metu.METU.names) == len(names) == 40_000
    assert list(metu.METU.names) == sorted(names)
    there = "Negative/00001 Negative/10000 Negative/20000 Positive/00001 Positive/09999 "
    there += "Positive/10000_1 Positive/19378_1 Positive/19379 Positive/20000"
    assert {f"{name}.jpg" for name in there.split()} <= names
    absent = "Negative/00000 Negative/20001 Negative/10000_1 Positive/10000 Positive/19378 "
    absent += "Positive/09999_1 Positive/19379_1"
    assert not {f"{name}.jpg" for name in absent.split()} & names


@needs_metu
def test_the_names_and_the_shipped_list_agree_with_the_images_here():
    here = {f"{path.parent.name}/{path.name}" for path in METU.glob("*/*.jpg")}
    known = metu._shipped_md5s(metu.METU)
    assert here <= set(metu.METU.names)
    assert set(known) == here
    assert {len(digits) for digits in known.values()} == {8}
    for name in random.Random(1).sample(sorted(here), 200):
        md5 = hashlib.md5((METU / name).read_bytes()).hexdigest()
        assert known[name] == md5[:8], name


@needs_metu
def test_half_of_the_data_set_is_not_the_data_set():
    sentence = refusal(METU, metu.METU)
    assert "must hold its 40,000 images and no others" in sentence
    assert "missing: 20,000 (Negative/" in sentence
    assert "and 19,997 more" in sentence


def test_the_shipped_list_is_small():
    assert metu.METU.known.stat().st_size < 200_000


def test_sources_are_complete_and_the_attribution_names_what_the_licence_asks_for():
    assert [source.name for source in metu.SOURCES] == ["mendeley", "mendeley-zip", "zip"]
    assert all(source.url.startswith("https://") for source in metu.SOURCES)
    first = metu.SOURCES[0]
    assert (first.size, len(first.sha256)) == (241_363_336, 64)
    words = ["Concrete Crack Images for Classification", "Özgenel", "CC BY 4.0", "unpacked"]
    words += ["https://doi.org/10.17632/5y9wdsg2zt.2", "creativecommons.org/licenses/by/4.0"]
    assert [word for word in words if word not in metu.ATTRIBUTION] == []


def test_a_right_folder_gives_the_lines_whose_digest_is_known(small):
    lines = metu.verify(small, SMALL, ignore)
    assert lines.endswith("\n")
    assert sorted(lines.splitlines()) == LINES


def test_a_digest_of_lines_sorted_by_name_counts_too(small):
    lines = "\n".join(f"{MD5S[name]}  {name}" for name in sorted(NAMES))
    by_name = hashlib.sha256(lines.encode()).hexdigest()
    assert by_name != SMALL.digest
    metu.verify(small, replace(SMALL, digest=by_name), ignore)


def test_checking_emits_progress_in_files(small):
    heard = []
    metu.verify(small, SMALL, lambda kind, **fields: heard.append((kind, fields)))
    assert [kind for kind, _ in (heard[0], heard[-1])] == ["phase", "progress"]
    assert {(fields["phase"], fields["total"]) for _, fields in heard} == {("checking", 12)}
    assert heard[-1][1]["done"] == 12


@pytest.mark.parametrize(
    "name",
    [
        ".DS_Store",
        "Positive/.DS_Store",
        "Positive/._00001.jpg",
        "Positive/Thumbs.db",
        "__MACOSX/Positive/._00001.jpg",
        "ATTRIBUTION.txt",
        "manifest.md5",
    ],
)
def test_junk_is_not_counted(small, name: str):
    (small / name).parent.mkdir(parents=True, exist_ok=True)
    (small / name).write_bytes(b"junk")
    metu.verify(small, SMALL, ignore)


def test_missing_files_are_named_and_the_rest_counted(small):
    for i in range(1, 6):
        (small / f"Positive/{i:05}.jpg").unlink()
    three = "Positive/00001.jpg, Positive/00002.jpg, Positive/00003.jpg"
    assert f"here are missing: 5 ({three} and 2 more). Get" in refusal(small)


def test_an_extra_file_is_named(small):
    (small / "Negative" / "copy.jpg").write_bytes(b"")
    assert "here are extra: 1 (Negative/copy.jpg). Get" in refusal(small)


def test_an_extra_class_is_named(small):
    shutil.copytree(small / "Negative", small / "Other")
    assert "extra: 6 (Other/00001.jpg, " in refusal(small)


def test_a_renamed_file_is_named_as_missing_and_extra(small):
    (small / "Negative/00002.jpg").rename(small / "Negative/2.jpg")
    assert "missing: 1 (Negative/00002.jpg), extra: 1 (Negative/2.jpg)" in refusal(small)


def test_an_absent_class_is_refused(small):
    shutil.rmtree(small / "Positive")
    assert "must hold at least two folders" in refusal(small)


def altered(small: Path, how: str) -> str:
    """Alter one file in the way told and give its name."""
    path = small / "Negative/00004.jpg"
    content = path.read_bytes()
    other = encoded(picture(99, metu.SIDE), quality=95)
    changed = {
        "one bit": content[:-1] + bytes([content[-1] ^ 1]),
        "truncated": content[:-2000],
        "empty": b"",
        "another picture": other,
        "wrong class": CONTENT["Positive/00004.jpg"],
        "other size": encoded(picture(99, 64)),
        "grey": encoded(picture(99, metu.SIDE).convert("L")),
        "PNG": encoded(picture(99, metu.SIDE), "PNG"),
    }
    path.write_bytes(changed[how])
    return "Negative/00004.jpg"


WAYS = ["one bit", "truncated", "empty", "another picture", "wrong class"]


@pytest.mark.parametrize("how", WAYS)
def test_a_file_altered_after_the_first_check_is_named(small, how: str):
    (small / metu.MANIFEST_FILE).write_text(metu.verify(small, SMALL, ignore))
    name = altered(small, how)
    assert f"1 is not ({name})" in refusal(small)


@pytest.mark.parametrize("how", WAYS)
def test_a_file_altered_before_the_first_check_is_named_by_the_shipped_list(
    small, tmp_path, how: str
):
    assert f"1 is not ({altered(small, how)})" in refusal(small, with_list(tmp_path, "Negative"))


@pytest.mark.parametrize("how", ["truncated", "empty", "other size", "grey", "PNG"])
def test_a_file_that_is_not_on_the_list_is_named_when_it_is_no_such_image(
    small, tmp_path, how: str
):
    assert f"1 is not ({altered(small, how)})" in refusal(small, with_list(tmp_path, "Positive"))


def test_a_file_that_cannot_be_named_is_said_to_be_among_the_others(small, tmp_path):
    altered(small, "another picture")
    sentence = refusal(small, with_list(tmp_path, "Positive"))
    assert "the 6 on the list of this program are, and some of the other 6 are not" in sentence


def test_a_written_list_that_was_altered_too_is_not_believed(small):
    lines = metu.verify(small, SMALL, ignore)
    wrong = lines.replace(MD5S["Positive/00001.jpg"], "0" * 32)
    (small / metu.MANIFEST_FILE).write_text(wrong)
    name = altered(small, "truncated")
    assert f"1 is not ({name})" in refusal(small)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"no lines of a list\n"])
def test_a_broken_written_list_is_passed_over(small, content: bytes):
    (small / metu.MANIFEST_FILE).write_bytes(content)
    metu.verify(small, SMALL, ignore)
    assert f"1 is not ({altered(small, 'truncated')})" in refusal(small)


def with_list(folder: Path, class_: str) -> metu.Manifest:
    """Give the manifest with a shipped list of the files of one class."""
    digits = (MD5S[name][:8] if name.startswith(class_) else "-" for name in NAMES)
    (folder / "known.gz").write_bytes(gzip.compress("\n".join(digits).encode()))
    return replace(SMALL, known=folder / "known.gz")


@pytest.mark.parametrize("above", [".", "..", "../.."])
def test_the_data_is_found_up_to_two_levels_down(tmp_path, above: str):
    inner = write_small(tmp_path / "top" / "archive" / "Concrete Crack Images")
    (tmp_path / "top" / "__MACOSX" / "Negative").mkdir(parents=True)
    (tmp_path / "top" / "__MACOSX" / "Positive").mkdir(parents=True)
    assert metu.locate((inner / above).resolve()) == inner


@pytest.mark.parametrize(
    ("name", "words"),
    [("top", "'.*top' does not"), ("nowhere", "'.*nowhere' does not exist")],
)
def test_a_folder_without_the_data_is_refused_and_named(tmp_path, name: str, words: str):
    write_small(tmp_path / "top" / "1" / "2" / "3")
    (tmp_path / "top" / "Negative").mkdir()
    with pytest.raises(InputError, match=f"must hold 'Negative' and 'Positive', .*{words}"):
        metu.locate(tmp_path / name)
