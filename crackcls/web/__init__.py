"""A page that judges photos in the browser, as a folder of files; no server."""
