"""Lesson: forty-five minutes with a model, step by step."""

import streamlit as st

from crackcls.widgets import guard, lesson, powers

st.set_page_config("Lesson · crackcls", "🧱", layout="centered")
with guard.page():
    powers.enter()
    st.title("Lesson")
    lesson.show()
