"""What photo files are: their kinds by their bytes, TIFF, colours; no network and no page."""
