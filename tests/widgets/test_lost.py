"""What a browser had is told apart from what this server has."""

import pytest

from crackcls.widgets import lost


@pytest.mark.parametrize(
    ("said", "session"),
    [
        ("", ""),
        ("streamlit", ""),
        ("streamlit, PLACEHOLDER_AUTH_TOKEN", ""),
        ("streamlit, token, one", "one"),
        ("streamlit,,one", "one"),
        ("streamlit, token, one, two", "one"),
        ("streamlit, token, ", ""),
    ],
)
def test_a_browser_names_the_session_that_it_had_in_the_third_place(said, session):
    assert lost.had(said) == session
