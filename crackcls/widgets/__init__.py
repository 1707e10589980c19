"""Parts of pages; the one room that imports streamlit, and nothing is computed here."""
