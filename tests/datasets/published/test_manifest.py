"""The check by content: what differs is named."""

import gzip
import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from crackcls.datasets.published import facts, manifest
from crackcls.datasets.published.metu import METU
from crackcls.datasets.published.sdnet2018 import IN_WORDS, PUBLISHED, SDNET2018
from crackcls.errors import InputError
from tests.conftest import encoded, picture
from tests.datasets.published.small import (
    CONTENT,
    NAMES,
    SDNET_CONTENT,
    SDNET_SMALL,
    SMALL,
    ignore,
    in_layout,
    place,
    write,
)

MD5S = {name: hashlib.md5(content).hexdigest() for name, content in CONTENT.items()}
LINES = sorted(f"{md5}  {name}" for name, md5 in MD5S.items())
LAYOUTS = {"installed": SDNET2018.layouts[0], "published": PUBLISHED, "in words": IN_WORDS}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write(CONTENT, tmp_path / "small")


def refusal(folder: Path, wanted: facts.Manifest = SMALL) -> str:
    """Verify a folder that must be refused and give the sentence."""
    with pytest.raises(InputError) as error:
        manifest.verify(place(folder), wanted, ignore)
    return str(error.value)


def test_a_right_folder_gives_the_lines_whose_digest_is_known(small):
    lines = manifest.verify(place(small), SMALL, ignore)
    assert lines.endswith("\n")
    assert sorted(lines.splitlines()) == LINES


def test_a_digest_of_lines_sorted_by_name_counts_too(small):
    lines = "\n".join(f"{MD5S[name]}  {name}" for name in sorted(NAMES))
    by_name = hashlib.sha256(lines.encode()).hexdigest()
    assert by_name != SMALL.digest
    manifest.verify(place(small), replace(SMALL, digest=by_name), ignore)


def test_checking_emits_progress_in_files(small):
    heard = []
    manifest.verify(place(small), SMALL, lambda kind, **fields: heard.append((kind, fields)))
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
    manifest.verify(place(small), SMALL, ignore)


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
    other = encoded(picture(99, SMALL.side), quality=95)
    changed = {
        "one bit": content[:-1] + bytes([content[-1] ^ 1]),
        "truncated": content[:-2000],
        "empty": b"",
        "another picture": other,
        "wrong class": CONTENT["Positive/00004.jpg"],
        "other size": encoded(picture(99, 64)),
        "grey": encoded(picture(99, SMALL.side).convert("L")),
        "PNG": encoded(picture(99, SMALL.side), "PNG"),
    }
    path.write_bytes(changed[how])
    return "Negative/00004.jpg"


WAYS = ["one bit", "truncated", "empty", "another picture", "wrong class"]


@pytest.mark.parametrize("how", WAYS)
def test_a_file_altered_after_the_first_check_is_named(small, how: str):
    (small / manifest.FILE).write_text(manifest.verify(place(small), SMALL, ignore))
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
    lines = manifest.verify(place(small), SMALL, ignore)
    wrong = lines.replace(MD5S["Positive/00001.jpg"], "0" * 32)
    (small / manifest.FILE).write_text(wrong)
    name = altered(small, "truncated")
    assert f"1 is not ({name})" in refusal(small)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"no lines of a list\n"])
def test_a_broken_written_list_is_passed_over(small, content: bytes):
    (small / manifest.FILE).write_bytes(content)
    manifest.verify(place(small), SMALL, ignore)
    assert f"1 is not ({altered(small, 'truncated')})" in refusal(small)


def with_list(folder: Path, class_: str) -> facts.Manifest:
    """Give the manifest with a shipped list of the files of one class."""
    digits = (MD5S[name][:8] if name.startswith(class_) else "-" for name in NAMES)
    (folder / "known.gz").write_bytes(gzip.compress("\n".join(digits).encode()))
    return replace(SMALL, known=folder / "known.gz")


@pytest.mark.parametrize("above", [".", "..", "../.."])
def test_the_data_is_found_up_to_two_levels_down(tmp_path, above: str):
    inner = write(CONTENT, tmp_path / "top" / "archive" / "Concrete Crack Images")
    (tmp_path / "top" / "__MACOSX" / "Negative").mkdir(parents=True)
    (tmp_path / "top" / "__MACOSX" / "Positive").mkdir(parents=True)
    assert manifest.locate((inner / above).resolve(), METU.layouts) == place(inner)


@pytest.mark.parametrize(
    ("name", "words"),
    [("top", "'.*top' does not"), ("nowhere", "'.*nowhere' does not exist")],
)
def test_a_folder_without_the_data_is_refused_and_named(tmp_path, name: str, words: str):
    write(CONTENT, tmp_path / "top" / "1" / "2" / "3")
    (tmp_path / "top" / "Negative").mkdir()
    with pytest.raises(InputError, match=f"must hold 'Negative' and 'Positive', .*{words}"):
        manifest.locate(tmp_path / name, METU.layouts)


# In each layout: its folders, and what it calls the first of the made-up files.
LAYOUTS = {
    "installed": (SDNET2018.layouts[0], "Cracked/decks_7001-115.jpg"),
    "published": (PUBLISHED, "D/CD/7001-115.jpg"),
    "in words": (IN_WORDS, "Decks/Cracked/7001-115.jpg"),
    "of the digest": (SDNET_SMALL.digest_layout, "D/Cracked/7001-115.jpg"),
}


@pytest.fixture(params=LAYOUTS)
def laid_out(request, tmp_path: Path) -> tuple[manifest.Place, str]:
    """Write the made-up SDNET2018 in a layout; give the place and the name of its first file."""
    layout, first = LAYOUTS[request.param]
    folder = write(in_layout(SDNET_CONTENT, layout), tmp_path / "top" / "SDNET2018")
    return manifest.Place(folder, layout), first


def test_a_set_is_the_same_in_each_layout(laid_out):
    lines = manifest.verify(laid_out[0], SDNET_SMALL, ignore).splitlines()
    assert [line.split("  ")[1] for line in lines] == list(SDNET_CONTENT)


def test_what_differs_is_named_as_it_lies_there(laid_out):
    there, first = laid_out
    path = there.folder / first
    path.write_bytes(path.read_bytes()[:-2000])
    assert f"1 is not ({first})" in refused(there)
    path.rename(path.with_name("other.jpg"))
    other = first.rpartition("7001-115")[0].removesuffix("decks_") + "other.jpg"
    assert f"missing: 1 ({first}), extra: 1 ({other})" in refused(there)


def refused(there: manifest.Place) -> str:
    with pytest.raises(InputError) as error:
        manifest.verify(there, SDNET_SMALL, ignore)
    return str(error.value)


@pytest.mark.parametrize("name", ["installed", "published", "in words"])
@pytest.mark.parametrize("above", [".", "..", "../.."])
def test_a_layout_is_found_by_its_folders(tmp_path, name: str, above: str):
    layout = LAYOUTS[name][0]
    inner = write(in_layout(SDNET_CONTENT, layout), tmp_path / "a" / "b" / "c")
    found = manifest.locate((inner / above).resolve(), SDNET2018.layouts)
    assert found == manifest.Place(inner, layout)


def test_a_missing_class_folder_hides_no_layout(tmp_path):
    folder = write(in_layout(SDNET_CONTENT, IN_WORDS), tmp_path / "set")
    shutil.rmtree(folder / "Walls" / "Cracked")
    there = manifest.locate(folder, SDNET2018.layouts)
    assert "missing: 1 (Walls/Cracked/7069-110.jpg)" in refused(there)


def test_a_folder_of_another_set_is_refused_with_what_it_must_hold_and_holds(small):
    with pytest.raises(InputError) as error:
        manifest.locate(small, SDNET2018.layouts)
    must = "'Cracked' and 'Non-cracked', or 'D', 'P' and 'W', or 'Decks', 'Pavements' and 'Walls'"
    assert f"The folder must hold {must}, at most two levels down" in str(error.value)
    assert "does not, it holds Negative, Positive. Choose another." in str(error.value)
