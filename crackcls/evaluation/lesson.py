"""The lesson: its steps, what they count, and the worksheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from crackcls import html

# Photos to guess, of each class so many: by data set, and whether the model called them right.
TEN = {("metu", True): 2, ("sdnet2018", True): 2, ("sdnet2018", False): 1}
SEED = 0
# In letters.
MOST_ANSWER, MOST_NAME = 2000, 100
TITLE = "A lesson on cracks and a model"
STYLE = """
.answer { border: 1px solid #999; border-radius: .3rem; min-height: 5rem; padding: .5rem .7rem;
  overflow-wrap: anywhere }
section { break-inside: avoid }
"""


@dataclass(frozen=True)
class Step:
    """A step of the lesson.

    Attributes:
        title: What is done.
        question: What is asked.
        minutes: How long it takes.
    """

    title: str
    question: str
    minutes: int


STEPS = (
    Step("Guess before the model does", "What did you look for? What may the model look for?", 7),
    Step("Train a model", "Which accuracy did your model reach, and which images was that on?", 8),
    Step("Watch the curves", "After which epoch would you stop, and what tells you?", 5),
    Step("Fool it", "What was in your photo, what did the model say, and why?", 8),
    Step("Near copies", "Why does a near copy in training make a score too good?", 5),
    Step("Why 99.8 % says little of your wall", "How would you test a model for your wall?", 6),
    Step("What a threshold costs", "Which threshold would you take for a bridge, and why?", 6),
)


@dataclass(frozen=True)
class Sheet:
    """What one person did in the lesson.

    Attributes:
        name: Of the person; any text.
        answers: By the number of the step, from 0; any text.
        results: What came out in a step, a sentence.
    """

    name: str = ""
    answers: Mapping[int, str] = field(default_factory=dict)
    results: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Copies:
    """Test images of random splits, those with a near copy in training apart.

    Attributes:
        copied: How many have one.
        wrong_copied: How many of these the model called wrong.
        others: How many have none.
        wrong_others: How many of these the model called wrong.
    """

    copied: int
    wrong_copied: int
    others: int
    wrong_others: int


def choose_ten(table: pd.DataFrame) -> pd.DataFrame:
    """Choose the photos to guess, the same each time.

    Args:
        table: What `store.table_of` gave, of images that are at hand; columns `actual`,
            `predicted` and `set`.

    Returns:
        Of each class so many as `TEN` says, as far as they are there, in an order that tells
        nothing.
    """
    is_right = table["actual"] == table["predicted"]
    parts = [
        part.sample(min(most, len(part)), random_state=SEED)
        for (name, right), most in TEN.items()
        for _, part in table[(table["set"] == name) & (is_right == right)].groupby("actual")
    ]
    rows = pd.concat(parts) if parts else table.head(0)
    return rows.sample(frac=1, random_state=SEED).reset_index(drop=True)


def count_right(said: Sequence[str], actual: Sequence[str]) -> int:
    """Count the guesses that are the label."""
    return sum(one == label for one, label in zip(said, actual, strict=True))


def of_copies(table: pd.DataFrame) -> Copies:
    """Count errors on test images with a near copy in training, and on the others.

    Args:
        table: What `splits.read` gave.

    Returns:
        Sums over the seeds of the random split.
    """
    rows = table[table["split"] == "random"]
    alone = rows["images_without_copy"]
    right = rows["accuracy_without_copy"].fillna(1.0)  # Of no image none is wrong.
    wrong = (alone * (1 - right)).round()
    return Copies(
        copied=int((rows["images"] - alone).sum()),
        wrong_copied=int((rows["wrong"] - wrong).sum()),
        others=int(alone.sum()),
        wrong_others=int(wrong.sum()),
    )


def worksheet(sheet: Sheet) -> str:
    """Write the answers as a page to print, with room to write where there is none."""
    parts = [f"<h1>{html.text_of(TITLE)}</h1>", f"<p>Name: {html.text_of(sheet.name)}</p>"]
    for number, step in enumerate(STEPS):
        result = sheet.results.get(number, "")
        lines = [f"<section><h2>{number + 1}. {html.text_of(step.title)}</h2>"]
        lines += [f"<p>{html.text_of(result)}</p>"] if result else []
        lines += [f"<p><b>{html.text_of(step.question)}</b></p>"]
        answer = html.lines_of(sheet.answers.get(number, ""))
        parts.append("\n".join([*lines, f'<div class="answer">{answer}</div></section>']))
    return html.page(html.text_of(TITLE), "\n".join(parts), STYLE, to_print=True)
