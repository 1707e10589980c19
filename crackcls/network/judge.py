"""Judge photos with the model that lies beside this file.

    pip install ai-edge-litert numpy pillow
    python judge.py PHOTO ...

It prints the figure that the app shows for a photo that it judges whole. The app cuts a photo
that is much larger than those of the training into parts; here each is squeezed to one square.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image, ImageOps

HERE = Path(__file__).resolve().parent


def judge(path: str, model: Interpreter) -> tuple[str, float, float]:
    """Give the class looked for, or the likeliest of more than two, its vote, the familiarity."""
    about, known = (json.loads((HERE / f"{n}.json").read_bytes()) for n in ("model", "calibration"))
    photo = ImageOps.exif_transpose(Image.open(path)).convert("RGBA")
    photo = Image.alpha_composite(Image.new("RGBA", photo.size, "white"), photo).convert("RGB")
    looks, run = views(photo, about), model.get_signature_runner()
    seen = [run(image=look[None]) for look in looks]
    features = np.max([one["features"][0] for one in seen], axis=0)
    scores = seen[0]["activation_map"][0].mean(axis=(0, 1))
    if about.get("pieces"):
        with np.load(HERE / "pieces.npz") as head:
            scores = features @ head["kernel"] + head["bias"]
    powers = np.exp((scores - scores.max()) / known["temperature"])
    label = about["positive"] or about["classes"][int(powers.argmax())]
    share = float(powers[about["classes"].index(label)] / powers.sum())
    with np.load(HERE / "familiarity.npz") as usual:
        new = features / max(float(np.linalg.norm(features)), 1e-12) - usual["mean"]
        new = np.linalg.norm(new - new @ usual["components"].T @ usual["components"])
    familiarity = float(np.clip(6 - 5 * new / max(known["familiarity_limit"], 1e-12), 0, 1))
    # Of a model that does not know what it was trained on the app shows the product.
    return label, share if about.get("trained_on") else share * familiarity, familiarity


def views(photo: Image.Image, about: dict[str, Any]) -> np.ndarray:
    """Give the whole photo as a square, and its pieces for a model that was trained on them."""
    side, grids = about["image_size"], [(1, 1)]
    if cut := about.get("pieces"):
        along, across = cut["along"], cut["across"]
        grids.append((along, across) if photo.width >= photo.height else (across, along))
    found = []
    for columns, rows in grids:
        size = columns * side, rows * side
        resized = photo.resize(size, Image.Resampling.BILINEAR, reducing_gap=3.0)
        pixels = np.asarray(resized, np.float32).reshape(rows, side, columns, side, 3)
        found.append(pixels.swapaxes(1, 2).reshape(-1, side, side, 3))
    return np.concatenate(found)


if __name__ == "__main__":
    photos = sys.argv[1:] or sys.exit(__doc__)
    network = Interpreter(model_content=(HERE / "model.tflite").read_bytes())
    for name in photos:
        label, vote, familiarity = judge(name, network)
        caution = " unfamiliar: no verdict" if familiarity < 0.5 else ""
        print(f"{name}: {label} {vote:.4f} (familiarity {familiarity:.2f}){caution}")
