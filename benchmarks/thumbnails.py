"""The thumbnails of the made-up examples on Home, drawn anew.

    python -m benchmarks.thumbnails

Drawing them takes seconds, so they lie beside the code.
"""

from PIL import Image

from crackcls.photos import examples

PIXELS, QUALITY = 152, 85


def main() -> None:
    """Write a thumbnail of each example to where Home takes it from."""
    examples.THUMBNAILS.mkdir(exist_ok=True)
    for name in examples.EXAMPLES:
        small(name).save(examples.thumbnail(name), quality=QUALITY)


def small(name: str) -> Image.Image:
    """Draw an example, its long side of `PIXELS`."""
    image = examples.EXAMPLES[name]()
    image.thumbnail((PIXELS, PIXELS))
    return image


if __name__ == "__main__":
    main()
