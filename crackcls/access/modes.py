"""Modes of the server: who is at the page, and what they may do there."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from crackcls import config
from crackcls.errors import InputError

# One person's machine; a teacher's laptop for a class in the same network; a public demo.
MODES = OWN, CLASS, DEMO = "own", "class", "demo"
ROLES = OWNER, STUDENT, VISITOR = "owner", "student", "visitor"
FALSE_WORDS = ("", "0", "false", "no", "off")


class Action(StrEnum):
    """What somebody at a page may want to do, in the words of docs/hosting.md."""

    JUDGE = "judge photos"
    SEE_SHIPPED = "see the shipped models and the model in use"
    SEE_ALL = "see all runs and the images of their data"
    TRAIN = "train"
    UPLOAD = "upload data"
    EVALUATE = "evaluate a model on other data"
    MANAGE_OWN = "stop, resume, rename and delete own runs, mark labels, say what is a crack"
    MANAGE_ALL = "the same with the runs of others"
    SEE_SHARED = "share own runs, see the figures of runs that others share"
    NICKNAME = "take a nickname"
    ARRANGE = "say who trains next, empty the line, clear the runs and uploads of a class"
    USE = "choose the model in use"
    FOLDERS = "name folders of the server"
    FETCH = "have the server download published data"
    FIND_LABELS = "look for wrong labels"
    ADD = "add a model that was trained elsewhere"


# Who may do what, whatever the mode: the mode tells who somebody is that proves nothing.
POWERS: Mapping[Action, tuple[str, ...]] = {
    Action.JUDGE: (OWNER, STUDENT, VISITOR),
    Action.SEE_SHIPPED: (OWNER, STUDENT, VISITOR),
    Action.SEE_ALL: (OWNER,),
    Action.TRAIN: (OWNER, STUDENT),
    Action.UPLOAD: (OWNER, STUDENT),
    Action.EVALUATE: (OWNER, STUDENT),
    Action.MANAGE_OWN: (OWNER, STUDENT),
    Action.MANAGE_ALL: (OWNER,),
    Action.SEE_SHARED: (OWNER, STUDENT),
    Action.NICKNAME: (STUDENT,),
    Action.ARRANGE: (OWNER,),
    Action.USE: (OWNER,),
    Action.FOLDERS: (OWNER,),
    Action.FETCH: (OWNER,),
    Action.FIND_LABELS: (OWNER,),
    Action.ADD: (OWNER,),
}
STRANGERS = {OWN: VISITOR, CLASS: STUDENT, DEMO: VISITOR}


@dataclass(frozen=True)
class Limits:
    """How much one person may ask for at a time.

    Attributes:
        photos: Most photos judged at once.
        upload_mb: Most megabytes of one upload.
        pictures: Most images of a training; None for any number.
        epochs: Most epochs of a training.
        minutes: Longest training; None for any.
        hourly: Most trainings begun in an hour, of whom one waits or runs at a time; None for
            any.
        uploads: Uploads that stay.
        disk_mb: Most megabytes of the disk for uploads and runs together; None for any.
    """

    photos: int
    upload_mb: int
    pictures: int | None
    epochs: int
    minutes: int | None
    hourly: int | None
    uploads: int
    disk_mb: int | None


PHOTO_MB = config.MAX_PHOTO_BYTES // 2**20
LIMITS = {
    OWNER: Limits(
        config.MAX_PHOTOS_AT_ONCE,
        config.MAX_UPLOAD_MB,
        pictures=None,
        epochs=config.MAX_EPOCHS,
        minutes=None,
        hourly=None,
        uploads=config.MAX_UPLOADS,
        disk_mb=None,
    ),
    STUDENT: Limits(
        20,
        config.MAX_UPLOAD_MB,
        pictures=2000,
        epochs=20,
        minutes=5,
        hourly=6,
        uploads=3,
        disk_mb=1000,
    ),
    VISITOR: Limits(20, PHOTO_MB, pictures=0, epochs=0, minutes=0, hourly=0, uploads=0, disk_mb=0),
}


def mode_of(address: str | None) -> str:
    """Give the mode of the server: CRACKCLS_MODE, else by the address that it listens at.

    Args:
        address: What the server is bound to; None is every address of the machine.

    Returns:
        One of `MODES`; where none is said, `own` at an address that only this machine
        reaches, else `demo`.

    Raises:
        InputError: CRACKCLS_MODE is no mode.
    """
    said = os.environ.get("CRACKCLS_MODE", "").strip().lower()
    if said:
        return check_mode(said)
    # What CRACKCLS_MODE=demo was called before.
    if os.environ.get("CRACKCLS_HOSTED", "").strip().lower() not in FALSE_WORDS:
        return DEMO
    return OWN if is_loopback(address) else DEMO


def check_mode(said: str) -> str:
    """Give a mode back.

    Raises:
        InputError: It is none.
    """
    if said not in MODES:
        raise InputError(f"The mode must be own, class or demo, received '{said}'.")
    return said


def is_loopback(address: str | None) -> bool:
    """Tell whether only this machine reaches an address."""
    if address is None:
        return False
    try:
        return address == "localhost" or ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def role_of(mode: str, proved: bool) -> str:
    """Give who somebody is: the owner by proof, else what the mode makes of strangers."""
    return OWNER if proved else STRANGERS[mode]


def may(role: str, action: Action) -> bool:
    """Tell whether somebody may do something."""
    return role in POWERS[action]
