"""What the names of classes mean: cracked or sound, in ten languages; no images."""
