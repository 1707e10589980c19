"""Judge photos with the model that lies beside this file.

    pip install ai-edge-litert numpy pillow
    python judge.py PHOTO ...

It prints the vote that the app shows for a photo of one tile: the calibrated probability times
the familiarity. It judges a whole photo as one square of the model's size, where the app cuts a
large one into tiles: give it a close picture, as square as can be.
"""

import json
import sys
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image, ImageOps

HERE = Path(__file__).resolve().parent
UNFAMILIAR = " unfamiliar: no verdict"


def judge(path: str, model: Interpreter) -> tuple[str, float, float]:
    """Give the class looked for, or the likeliest of more than two, its vote, the familiarity."""
    about, known = (json.loads((HERE / f"{n}.json").read_bytes()) for n in ("model", "calibration"))
    photo = ImageOps.exif_transpose(Image.open(path)).convert("RGBA")
    photo = Image.alpha_composite(Image.new("RGBA", photo.size, "white"), photo).convert("RGB")
    size = about["image_size"], about["image_size"]
    pixels = np.asarray(photo.resize(size, Image.Resampling.BILINEAR, reducing_gap=3.0), np.float32)
    seen = model.get_signature_runner()(image=pixels[None])
    scores = seen["activation_map"][0].mean(axis=(0, 1)) / known["temperature"]
    shares = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
    label = about["positive"] or about["classes"][int(shares.argmax())]
    with np.load(HERE / "familiarity.npz") as usual:
        length = max(float(np.linalg.norm(seen["features"])), 1e-12)
        new = seen["features"][0] / length - usual["mean"]
        new = np.linalg.norm(new - new @ usual["components"].T @ usual["components"])
    familiarity = float(np.clip(6 - 5 * new / max(known["familiarity_limit"], 1e-12), 0, 1))
    return label, float(shares[about["classes"].index(label)]) * familiarity, familiarity


if __name__ == "__main__":
    photos = sys.argv[1:] or sys.exit(__doc__)
    network = Interpreter(model_content=(HERE / "model.tflite").read_bytes())
    for name in photos:
        label, vote, familiarity = judge(name, network)
        caution = UNFAMILIAR if familiarity < 0.5 else ""
        print(f"{name}: {label} {vote:.4f} (familiarity {familiarity:.2f}){caution}")
