"""The glossary is one tap away, and says each word once."""

import pytest

from crackcls import config
from crackcls.widgets import glossary
from tests.pages.driving import open_page, text_of


@pytest.mark.parametrize("name", ["", "2_Evaluate", "3_Predict"])
def test_a_page_has_the_glossary(monkeypatch, name):
    monkeypatch.setenv("CRACKCLS_MODELS", str(config.PROJECT / "models"))
    page = open_page(name)
    assert [one.proto.popover.label for one in page.get("popover")] == ["Glossary"]
    assert "**Near copy**" in text_of(page)


@pytest.mark.parametrize("of_cracks", [True, False])
def test_each_word_has_a_sentence(of_cracks):
    terms = glossary.terms(of_cracks)
    assert all(meaning.endswith(".") for meaning in terms.values())
    words = [word.strip().lower() for term in terms for word in term.split(",")]
    assert len(words) == len(set(words))
    assert {"probability", "near copy", "validation"} <= set(words)
    assert ({"cracked", "sound"} <= set(words)) == of_cracks
    assert ("crack" in str(terms)) == of_cracks
