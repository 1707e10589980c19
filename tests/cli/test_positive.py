"""The class looked for on the command line: told, changed, asked before a training."""

import io
import json

import pytest

from crackcls.__main__ import main
from crackcls.cli import positive
from tests.evaluation.test_aim import kept


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def typed(monkeypatch):
    """Give a function that lets a person type lines on a terminal, and hears what is asked."""

    def type_(*lines: str) -> Terminal:
        heard = Terminal()
        monkeypatch.setattr("sys.stdin", Terminal("".join(f"{line}\n" for line in lines)))
        monkeypatch.setattr("sys.stderr", heard)
        return heard

    return type_


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        (("1",), "cats"),
        (("dogs",), "dogs"),
        (("bird", "3", "2"), "dogs"),
        (("",), None),
        ((), None),
    ],
)
def test_a_person_at_a_terminal_is_asked_until_the_answer_is_a_class(typed, lines, answer):
    heard = typed(*lines)
    assert positive.ask(("cats", "dogs"), None) == answer
    assert "Which class is looked for, 1 (cats) or 2 (dogs)?" in heard.getvalue()


@pytest.mark.parametrize(
    ("classes", "said"),
    [(("Cracked", "Non-cracked"), None), (("cats", "dogs"), "cats"), (("a", "b", "c"), None)],
)
def test_nobody_is_asked_where_it_is_known(typed, classes, said):
    heard = typed("1")
    assert positive.ask(classes, said) == said
    assert heard.getvalue() == ""


def test_a_script_is_not_asked_but_refused_with_the_option(capsys, concrete):
    folder = concrete(per_class=2, classes=("cats", "dogs"))
    assert main(["train", "--data", str(folder), "--name", "animals"]) == 2
    assert "do not tell. Say it, such as by --positive cats." in capsys.readouterr().err
    assert main(["train", "--data", str(folder), "--positive", "bird"]) == 2
    assert "one of 'cats' and 'dogs', received 'bird'" in capsys.readouterr().err


def test_the_command_tells_and_changes(capsys):
    kept("walls", ("cats", "dogs"), None)
    assert main(["positive", "--model", "walls"]) == 0
    out, said = capsys.readouterr()
    assert (out, "'dogs' is taken" in said) == ("dogs\n", True)
    assert main(["positive", "cats", "--model", "walls", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"model": "walls", "positive": "cats"}
    assert main(["positive", "--model", "walls"]) == 0
    assert capsys.readouterr() == ("cats\n", "")
    assert main(["positive", "bird", "--model", "walls"]) == 2


def test_a_model_that_is_not_there_is_refused(capsys):
    assert main(["positive", "--model", "gone"]) == 2
    assert "there is none named 'gone'" in capsys.readouterr().err
