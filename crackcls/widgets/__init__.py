"""Parts of pages: widgets and layout only."""
