"""Whatever goes wrong on a page, it says a sentence; the log has the rest."""

import errno
import logging

import pytest

from crackcls.errors import InputError
from crackcls.runs import folders
from tests.pages.driving import open_page

REFUSED = "must be there to be read or written, and the system refuses it"


@pytest.mark.parametrize(
    ("error", "said", "is_logged"),
    [
        (InputError("A rule."), "A rule.", False),
        (OSError(errno.ENOSPC, "No space left on device", "/secret/x"), "that disk is full", True),
        (OSError(errno.EDQUOT, "Quota exceeded"), "may have of that disk is full", True),
        (
            OSError(errno.EROFS, "Read-only file system", "/secret/x.txt"),
            "'x.txt' must be written on the server, and that file system is read-only. Tell",
            True,
        ),
        (FileNotFoundError(2, "No usable folder in ['/secret']"), f"A file {REFUSED}", True),
        (PermissionError(errno.EACCES, "Permission denied"), f"A file {REFUSED}", True),
        (RuntimeError("Could not determine home directory."), "did not foresee", True),
        (KeyError("secret"), "did not foresee", True),
    ],
)
def test_a_page_says_what_went_wrong(monkeypatch, caplog, error, said, is_logged):
    def fail() -> str:
        raise error

    monkeypatch.setattr(folders, "in_use", fail)
    with caplog.at_level(logging.ERROR, "crackcls.widgets.guard"):
        page = open_page()
    (shown,) = (one.value.replace("\\", "") for one in page.error)
    assert said in shown
    assert "secret" not in shown
    records = [one for one in caplog.records if one.name == "crackcls.widgets.guard"]
    assert bool(records) == is_logged
    assert all(one.exc_info for one in records)
    assert page.title[0].value == "Is this concrete cracked?"
