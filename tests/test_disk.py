"""Each place that is written to is tried before the work, and said in a sentence where it fails."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from crackcls import config, disk
from crackcls.__main__ import main
from crackcls.errors import InputError
from tests.conftest import encoded, picture
from tests.disks import refusing
from tests.pages.driving import named, open_page

FAULTS = ("read-only", "full", "a file")
SETTINGS = {"models": "CRACKCLS_MODELS", "cache": "CRACKCLS_CACHE", "data": "CRACKCLS_DATA"}
# What a person at a terminal is told; PLACE is the folder that was named.
SAID = {
    ("models", "read-only"): "The models must be written to 'PLACE', and that file system is "
    "read-only. Let CRACKCLS_MODELS name another folder.",
    ("models", "full"): "The models must be written to 'PLACE', and that disk is full. Free some "
    "space there, or let CRACKCLS_MODELS name another folder.",
    ("models", "a file"): "The models must be written to 'PLACE', and a file, or a link to "
    "nowhere, is where a folder must be. Let CRACKCLS_MODELS name another folder.",
    ("cache", "read-only"): "The cached features must be written to 'PLACE', and that file system "
    "is read-only. Let CRACKCLS_CACHE name another folder.",
    ("cache", "full"): "The cached features must be written to 'PLACE', and that disk is full. "
    "Free some space there, or let CRACKCLS_CACHE name another folder.",
    ("cache", "a file"): "The cached features must be written to 'PLACE', and a file, or a link to "
    "nowhere, is where a folder must be. Let CRACKCLS_CACHE name another folder.",
    ("data", "read-only"): "The data sets must be written to 'PLACE', and that file system is "
    "read-only. Let CRACKCLS_DATA name another folder.",
    ("data", "full"): "The data sets must be written to 'PLACE', and that disk is full. Free some "
    "space there, or let CRACKCLS_DATA name another folder.",
    ("data", "a file"): "The data sets must be written to 'PLACE', and a file, or a link to "
    "nowhere, is where a folder must be. Let CRACKCLS_DATA name another folder.",
    ("output", "read-only"): "'PLACE/out.csv' must be written, and that file system is read-only. "
    "Name another place.",
    ("output", "full"): "'PLACE/out.csv' must be written, and that disk is full. Free some space "
    "there, or name another place.",
    ("output", "a file"): "'PLACE/out.csv' must be written, and a file, or a link to nowhere, is "
    "where a folder must be. Name another place.",
}
# What a page says of the same.
ON_A_PAGE = {
    "read-only": "must be written to a folder of the server, and that file system is read-only. "
    "Tell whoever runs it.",
    "full": "must be written to a folder of the server, and that disk is full. Tell whoever runs "
    "it.",
    "a file": "must be written to a folder of the server, and a file, or a link to nowhere, is "
    "where a folder must be. Tell whoever runs it.",
}
# The page of a server keeps more room than a trial of 64 KB needs.
NO_ROOM = "The disk must keep 300 MB free, and it has 0 MB. Its owner must make room."
CALLED = {"models": "The models", "cache": "The cached features", "data": "The data sets"}


@pytest.fixture
def photo(tmp_path) -> Path:
    path = tmp_path / "wall.jpg"
    path.write_bytes(encoded(picture(1, 227)))
    return path


def last_line(capsys, *words: object) -> str:
    """Give what a command says as it refuses."""
    assert main([str(word) for word in words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err.splitlines()[-1].removeprefix("crackcls: ")


@pytest.mark.parametrize(("what", "fault"), SAID)
def test_a_command_says_before_the_work_what_it_cannot_write(
    what, fault, capsys, tmp_path, monkeypatch, concrete, photo
):
    commands = {
        "models": ("train", "--data", concrete(), "--name", "new"),
        "cache": ("train", "--data", "synthetic-40-0", "--name", "new"),
        "data": ("data", "make", "--count", 40),
        "output": ("predict", photo, "--csv", tmp_path / "place" / "out.csv"),
    }
    with refusing(fault, tmp_path / "place") as place:
        if what in SETTINGS:
            monkeypatch.setenv(SETTINGS[what], str(place))
        said = last_line(capsys, *commands[what])
        assert said == SAID[what, fault].replace("PLACE", str(place))
    # Nothing was begun.
    assert not [*(tmp_path / "models").glob("new")]
    assert not [*(tmp_path / "data").glob("*")]


def test_the_train_page_says_it_without_a_path(tmp_path, monkeypatch):
    """A place after the other, on one page."""
    page = open_page("1_Train")
    for what, setting in SETTINGS.items():
        for fault in FAULTS:
            with refusing(fault, tmp_path / f"{what} {fault}") as place, monkeypatch.context() as m:
                m.setenv(setting, str(place))
                named(page.button, "Start training").click().run()
                assert not page.exception
                (said,) = (one.value.replace("\\", "") for one in page.error)
                right = f"{CALLED[what]} {ON_A_PAGE[fault]}"
                assert said == (NO_ROOM if (what, fault) == ("models", "full") else right)


def test_an_upload_that_finds_no_room_is_said(tmp_path, monkeypatch, photo):
    archive = tmp_path / "photos.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for folder in ("cracked", "sound"):
            file.write(photo, f"{folder}/1.jpg")
    page = open_page("1_Train")
    named(page.radio, "Data").set_value("My ZIP").run()
    with refusing("full", tmp_path / "place") as place:
        monkeypatch.setenv("CRACKCLS_DATA", str(place))
        page.file_uploader[0].set_value(("p.zip", archive.read_bytes(), "application/zip")).run()
    (said,) = (one.value.replace("\\", "") for one in page.error)
    assert said == f"The data sets {ON_A_PAGE['full']}"


OUTPUTS = {
    "predict": ("predict", "PHOTO", "--csv"),
    "predict, maps": ("predict", "PHOTO", "--heatmaps"),
    "evaluate": ("evaluate", "--data", "DATA", "--csv"),
    "evaluate, page": ("evaluate", "--data", "DATA", "--report"),
    "report": ("report", "--out"),
    "label-errors": ("label-errors", "--data", "DATA", "--csv"),
    "sheet": ("data", "sheet", "DATA", "--out"),
}


@pytest.mark.parametrize("command", OUTPUTS)
def test_each_command_tries_its_output_first(command, capsys, tmp_path, monkeypatch, photo):
    """Neither the model nor the data is looked at: both are missing."""
    stands = {"PHOTO": photo, "DATA": tmp_path / "no data"}
    monkeypatch.setenv("CRACKCLS_MODELS", str(config.PROJECT / "models"))
    words = [stands.get(word, word) for word in OUTPUTS[command]]
    (tmp_path / "file").write_text("in the way")
    for out, said in (
        (tmp_path / "file" / "out.jpg", "is where a folder must be. Name another place."),
        (tmp_path / "a folder", "a folder is where the file must be. Name another place."),
        (tmp_path / "none" / "out.jpg", "the folder that it must lie in is not there. Name ano"),
    ):
        (tmp_path / "a folder").mkdir(exist_ok=True)
        if command == "predict, maps" and "file" not in out.parts:
            continue  # It makes folders, and writes into those that are there.
        refused = last_line(capsys, *words, out)
        assert refused.startswith(f"'{out}' must be written, and ") and said in refused


def test_a_heat_map_in_whose_place_is_a_folder_is_said_first(capsys, tmp_path, photo, monkeypatch):
    monkeypatch.setenv("CRACKCLS_MODELS", str(config.PROJECT / "models"))
    (tmp_path / "maps" / "wall.jpg.png").mkdir(parents=True)
    said = last_line(capsys, "predict", photo, "--heatmaps", tmp_path / "maps")
    assert said.endswith(
        "wall.jpg.png' must be written, and a folder is where the file must be. Name another place."
    )


def test_what_is_missing_is_made_and_what_is_there_stays(tmp_path):
    disk.check(disk.MODELS, disk.CACHE, disk.DATA)
    for name in SETTINGS:
        assert [*(tmp_path / name).iterdir()] == []
    out = tmp_path / "out.csv"
    out.write_text("of yesterday")
    disk.check_file(out)
    assert out.read_text() == "of yesterday"
    assert {path.name for path in tmp_path.iterdir()} == {*SETTINGS, "out.csv"}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse this in other words")
def test_a_file_open_elsewhere_is_said(tmp_path):
    """Linux refuses to write a program that runs, as Windows does a table open in Excel."""
    out = tmp_path / "out.csv"
    shutil.copy(shutil.which("sleep"), out)
    running = subprocess.Popen(["sleep", "60"], executable=out)
    try:
        with pytest.raises(InputError) as refused:
            disk.check_file(out)
    finally:
        running.kill()
        running.wait()
    assert str(refused.value) == (
        f"'{out}' must be written, and another program has it open, or it is protected. Close that "
        "program, or name another file."
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows has other names for devices")
def test_a_device_is_never_replaced():
    with pytest.raises(InputError, match="'/dev/null' must be written, and it is no plain file"):
        disk.check_file(Path("/dev/null"))


def test_what_fails_at_the_end_is_kept_under_another_name(tmp_path):
    out = tmp_path / "out.csv"
    out.mkdir()  # It was not there when the work began.
    said = disk.save(out, lambda to: to.write_text("an hour's work"))
    (kept,) = tmp_path.glob("out-*.csv")
    assert kept.read_text() == "an hour's work"
    assert said == (
        f"'{out}' cannot be written, since a folder is where the file must be: what was made is in "
        f"'{kept}'."
    )


def test_a_table_that_somebody_opens_meanwhile_is_kept_under_another_name(tmp_path):
    out = tmp_path / "out.csv"
    out.write_text("of yesterday")

    def write(to: Path) -> None:
        if to == out:  # As Windows says it of a table that is open in Excel.
            raise PermissionError(13, "Permission denied", str(to))
        to.write_text("new")

    assert "another program has it open, or it is protected: what was" in disk.save(out, write)
    assert [path.read_text() for path in tmp_path.glob("out-*.csv")] == ["new"]


def test_on_a_full_disk_it_is_kept_on_another_one(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with refusing("full", tmp_path / "place") as place:
        said = disk.save(place / "out.csv", lambda to: to.write_bytes(bytes(5000)))
        assert not (place / "out.csv").exists() or not (place / "out.csv").stat().st_size
    (kept,) = tmp_path.glob("out-*.csv")
    assert len(kept.read_bytes()) == 5000
    assert f"since that disk is full: what was made is in '{kept}'." in said


def test_an_evaluation_ends_with_its_figures_where_its_table_cannot_be_written(
    capsys, tmp_path, monkeypatch, concrete
):
    from crackcls.evaluation import store

    monkeypatch.setenv("CRACKCLS_MODELS", str(config.PROJECT / "models"))
    out, evaluate_on = tmp_path / "out.csv", store.evaluate_on

    def then_in_the_way(*args: object):
        out.mkdir()
        return evaluate_on(*args)

    monkeypatch.setattr(store, "evaluate_on", then_in_the_way)
    assert main(["evaluate", "--data", str(concrete(3)), "--csv", str(out)]) == 1
    said = capsys.readouterr()
    assert "accuracy " in said.out
    (kept,) = tmp_path.glob("out-*.csv")
    assert f"what was made is in '{kept}'." in said.err
    assert len(kept.read_text().splitlines()) == 7


def test_a_disk_too_small_for_the_features_is_said_before_they_are_made(tmp_path):
    with refusing("full", tmp_path / "place") as place, pytest.raises(InputError) as refused:
        disk.check_space((place, 3_000_000))
    assert str(refused.value).startswith(f"The disk of '{place}' must have 3 MB free, and it has 0")
    assert str(place) not in refused.value.public


def test_a_user_without_a_home_reads_a_sentence_and_may_still_judge(
    capsys, monkeypatch, photo, tmp_path
):
    import platformdirs

    def none(*args: object, **options: object) -> Path:
        raise RuntimeError("could not determine the home directory")

    for name in ("CRACKCLS_CACHE", "CRACKCLS_DATA"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("CRACKCLS_MODELS", str(config.PROJECT / "models"))
    for way in (none, lambda *_, **__: Path("~/.cache/crackcls")):
        monkeypatch.setattr(platformdirs, "user_data_path", way)
        monkeypatch.setattr(platformdirs, "user_cache_path", way)
        said = last_line(capsys, "data", "make", "--count", 40)
        assert said == (
            "This user must have a home folder, or CRACKCLS_DATA must name a folder, and neither "
            "is so. Let CRACKCLS_DATA name one."
        )
        assert main(["predict", str(photo)]) == 0
        capsys.readouterr()


def test_heat_maps_that_fill_a_disk_are_said_and_verdicts_kept(capsys, tmp_path, monkeypatch):
    photo = tmp_path / "wall.jpg"
    noise = np.random.default_rng(0).integers(0, 256, (227, 227, 3), np.uint8)
    photo.write_bytes(encoded(Image.fromarray(noise)))  # Hardly smaller as PNG.
    monkeypatch.setenv("CRACKCLS_MODELS", str(config.PROJECT / "models"))
    with refusing("full", tmp_path / "place") as place:
        (place / "filler").write_bytes(bytes(1_048_576 - 96_000))  # Room for the trial.
        maps = place / "maps"
        said = last_line(capsys, "predict", photo, "--heatmaps", maps)
        assert said == (
            f"'{maps / 'wall.jpg.png'}' must be written, and that disk is full. Free some space "
            "there, or name another place."
        )
        out = tmp_path / "out.csv"
        said = last_line(capsys, "predict", photo, "--heatmaps", maps, "--csv", out)
        assert said.startswith(f"'{maps / 'wall.jpg.png'}' must be written, and that disk is full.")
        assert said.endswith(f"is kept in '{out}.part', and the same command goes on from there.")


def test_the_sentence_of_what_the_system_refuses_names_the_place(tmp_path, monkeypatch):
    """Wherever it happens: a model renamed, a label marked, a run that fills the disk."""
    with refusing("read-only", tmp_path / "place") as place:
        monkeypatch.setenv("CRACKCLS_MODELS", str(place))
        with pytest.raises(OSError, match="Read-only") as refused:
            (place / "in_use.txt").write_text("x")
        said = disk.refusal(refused.value)
        assert str(said) == SAID["models", "read-only"].replace("PLACE", str(place))
        assert said.public == f"The models {ON_A_PAGE['read-only']}"
    with refusing("full", tmp_path / "full") as place:
        monkeypatch.setenv("CRACKCLS_CACHE", str(place))
        said = disk.refusal(OSError(28, "No space left on device"))  # Of a write, without a path.
        assert str(said) == SAID["cache", "full"].replace("PLACE", str(place))
    monkeypatch.setenv("CRACKCLS_CACHE", str(tmp_path))
    said = disk.refusal(OSError(28, "No space left on device"))
    assert str(said) == "A file must be written, and that disk is full. Free some space."
