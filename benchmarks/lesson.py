"""A class that trains: each student uploads a ZIP of made-up photos, waits in turn and trains.

    python -m benchmarks.lesson --students 30

The server runs in mode `class`. Students are clients of the pages' own protocol, see `student.py`.
"""

import argparse
import io
import os
import sys
import threading
import time
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks import ceiling, machine, processes
from benchmarks.figures import Table, facts, markdown
from benchmarks.student import GONE, Student
from crackcls.datasets.synthetic import pictures

STUDENTS, PHOTOS, EPOCHS = 30, 20, 10
# For all, and for one answer of the server.
SECONDS, SECONDS_FOR_A_PAGE = 30 * 60.0, 120.0


@dataclass
class Lesson:
    """What one student met.

    Attributes:
        name: Of the student's run; the names of the photos begin with it.
        place: The highest number of trainings that were to come first, as the page said.
        told: The words in which the page said how long that takes.
        seconds: Until the run had finished; None where it has not.
        strangers: Names of others that came to this browser.
        wrong: What went wrong.
    """

    name: str
    place: int = 0
    told: str = ""
    seconds: float | None = None
    strangers: tuple[str, ...] = ()
    wrong: str = ""


def zip_of(name: str, number: int) -> bytes:
    """Make a student's photos, half of them with a crack."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for at in range(PHOTOS):
            label = pictures.CLASSES[at % 2]
            photo = pictures.picture(1000 + number, 1 + at // 2, label)
            archive.writestr(f"{label}/{name}-{at:02}.jpg", photo)
    return packed.getvalue()


def attend(host: str, number: int) -> Lesson:
    """Be one student: collect, upload, start, wait in turn, and see the run finish."""
    lesson, begun = Lesson(f"pupil-{number:02}"), time.perf_counter()
    try:
        student = Student(host, SECONDS_FOR_A_PAGE, lesson.name)
        student.open_page()
        student.choose_value("Data", string_value="My ZIP")
        student.hand_in(f"{lesson.name}.zip", zip_of(lesson.name, number))
        student.choose_value("Name of the model", string_value=lesson.name)
        student.choose_value("Epochs", double_value=EPOCHS)
        student.press("Start training")
        student.follow_until(f"'{lesson.name}' has finished", begun + SECONDS)
        lesson.seconds = time.perf_counter() - begun
        lesson.place, lesson.told = student.waited
        lesson.strangers = tuple(sorted(student.strangers))
        student.close()
    except GONE as error:
        lesson.wrong = f"{type(error).__name__}: {error}"
    return lesson


def measure(students: int = STUDENTS) -> dict[str, Any]:
    """Let a class train on a server of its own.

    Returns:
        `lessons`, see `Lesson`, `seconds` in all, and what `ceiling.Server.told` gives.
    """
    processes.say(f"lesson: {students} students")
    lessons: list[Lesson] = []
    os.environ["CRACKCLS_MODE"] = "class"
    with ceiling.serve(limit=None) as server:
        begun = time.perf_counter()
        threads = [
            threading.Thread(target=lambda at=at: lessons.append(attend(server.host, at)))
            for at in range(students)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - begun
    found = [asdict(one) for one in sorted(lessons, key=lambda one: one.name)]
    return {"lessons": found, "seconds": seconds, **server.told()}


def table(found: dict[str, Any]) -> Table:
    """Write the table of what `measure` gave."""
    lessons = [Lesson(**one) for one in found["lessons"]]
    done = sorted(one.seconds for one in lessons if one.seconds is not None)
    waiting = [one for one in lessons if one.place]
    text = (
        f"{len(lessons)} students at one moment in mode `class`, each with a ZIP of {PHOTOS} "
        f"made-up photos and {EPOCHS} epochs, one training at a time. "
        "Strangers: names of the photos and runs of others that came to a student's browser. "
        "Peak: the server, the trainings and the process that judges, shared pages by share, "
        "looked at twice a second."
    )
    rows = [
        ["students who trained", f"{len(done)} of {len(lessons)}"],
        ["first done", f"{done[0] / 60:.1f} minutes" if done else "-"],
        ["last done", f"{done[-1] / 60:.1f} minutes" if done else "-"],
        ["who waited, and was told a place", f"{len(waiting)}, the last behind {_last(waiting)}"],
        ["who waited, and was told a time", str(sum(bool(one.told) for one in waiting))],
        ["strangers", str(sum(len(one.strangers) for one in lessons))],
        ["peak", ceiling.cells(found)[0]],
    ]
    return "A class that trains", text, ("", ""), rows


def _last(waiting: Sequence[Lesson]) -> int:
    return max((one.place for one in waiting), default=0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the table; see the top of this file."""
    parser = argparse.ArgumentParser("python -m benchmarks.lesson", description=__doc__)
    parser.add_argument("--students", type=int, default=STUDENTS, help="how many (%(default)s)")
    options = parser.parse_args(arguments)
    found = measure(options.students)
    with suppress(RuntimeError):
        print(facts(machine.facts()))
    print(markdown(table(found)))
    for one in found["lessons"]:
        if one["wrong"] or one["strangers"]:
            print(one["name"], one["wrong"], *one["strangers"], file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
