"""The pictures that Home shows before anything is judged, drawn anew.

    python -m benchmarks.thumbnails

Drawing and judging them takes seconds, so they lie beside the code: a thumbnail of each made-up
example, and the first example beside what the shipped model finds in it.
"""

from PIL import Image

from crackcls import config
from crackcls.network import calibration
from crackcls.network.classifier import load_model
from crackcls.photos import examples
from crackcls.photos import judged as judged_photos
from crackcls.photos.verdict import decide

PIXELS, QUALITY = 152, 85
# Of the two pictures side by side, and of the heat.
WIDE, GAP, OPACITY = 480, 8, 0.6


def main() -> None:
    """Write the pictures to where Home takes them from."""
    examples.THUMBNAILS.mkdir(exist_ok=True)
    for name in examples.EXAMPLES:
        small(name).save(examples.thumbnail(name), quality=QUALITY)
    judged().save(examples.JUDGED, quality=QUALITY)


def small(name: str) -> Image.Image:
    """Draw an example, its long side of `PIXELS`."""
    image = examples.EXAMPLES[name]()
    image.thumbnail((PIXELS, PIXELS))
    return image


def judged() -> Image.Image:
    """Draw the first example, and beside it what the shipped model finds in it."""
    folder = config.shipped_folder() / config.DEFAULT_MODEL
    content = examples.picture(next(iter(examples.EXAMPLES)))
    model = load_model(folder), calibration.load(folder)
    one = judged_photos.judge_photo("", content, *model)
    pictures = [
        judged_photos.picture(one),
        judged_photos.outlined(one, decide(one.analysis), OPACITY, 2 * WIDE),
    ]
    for picture in pictures:
        picture.thumbnail((WIDE, WIDE), Image.Resampling.LANCZOS)
    both = Image.new("RGB", (2 * WIDE + GAP, pictures[0].height), "white")
    for left, picture in zip((0, WIDE + GAP), pictures, strict=True):
        both.paste(picture, (left, 0))
    return both


if __name__ == "__main__":
    main()
