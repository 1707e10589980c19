"""What a movement of the threshold slider costs the server, on 20,000 predictions.

    python -m benchmarks.threshold

The whole page is run anew for each movement, which is more than the fragment that a browser
asks for; Streamlit's own sending is left out. Predictions are made up.
"""

import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

from crackcls import config
from crackcls.evaluation import store
from crackcls.evaluation.report import make_report, predictions
from crackcls.labelled import Labelled
from crackcls.runs import folders

IMAGES, MOVEMENTS = 20_000, 40
CLASSES = ("Negative", "Positive")


def main() -> None:
    """Print the median and the 95th percentile of a movement, and the memory."""
    with tempfile.TemporaryDirectory() as place:
        os.environ["CRACKCLS_MODELS"] = place
        shutil.copytree(config.PROJECT / "models" / config.DEFAULT_MODEL, Path(place) / "default")
        _keep_made_up(folders.read_run(Path(place) / "default"))
        page = _open_page()
        times = [_move(page, value) for value in np.linspace(0.01, 0.99, MOVEMENTS).round(3)]
    memory = psutil.Process().memory_info().rss / 2**20
    print(f"{IMAGES:,} predictions, {MOVEMENTS} movements of the slider")
    print(f"  median {statistics.median(times):.0f} ms")
    print(f"  95th percentile {np.percentile(times, 95):.0f} ms, slowest {max(times):.0f} ms")
    print(f"  memory of the process {memory:.0f} MB")


def _keep_made_up(run: folders.Run) -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], IMAGES // 2)
    score = np.where(labels, rng.beta(4, 1, IMAGES), rng.beta(1, 4, IMAGES))
    files = [f"{CLASSES[label]}/{number:05}.jpg" for number, label in enumerate(labels)]
    table = predictions(files, np.stack([1 - score, score], axis=1), CLASSES)
    table["sha256"] = [f"{number:064x}" for number in range(IMAGES)]
    labelled = Labelled(Path("made-up"), CLASSES, tuple(files), tuple(labels))
    store.save(run, labelled, table, make_report(table, CLASSES, CLASSES[-1]))


def _open_page():
    from streamlit.testing.v1 import AppTest

    page = AppTest.from_file(str(config.PROJECT / "app.py"), default_timeout=60)
    page.switch_page("pages/2_Evaluate.py").run()
    on = page.selectbox[1]
    key = next((config.models_folder() / "default" / store.FOLDER).iterdir()).name
    on.set_value(key).run()
    page.segmented_control[0].set_value("Figures").run()
    wrong = next(metric for metric in page.metric if metric.label == "Wrong")
    assert wrong.value.endswith(f"of {IMAGES:,}"), wrong.value
    return page


def _move(page, value: float) -> float:
    """Move the slider; give the milliseconds."""
    start = time.perf_counter()
    page.slider[0].set_value(float(value)).run()
    assert not page.exception, page.exception
    return 1000 * (time.perf_counter() - start)


if __name__ == "__main__":
    main()
