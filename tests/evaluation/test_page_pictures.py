"""The pictures of a report: the wrong ones, few, small, and all within the page."""

import base64
import hashlib
import io
import re

import pandas as pd
import pytest
from PIL import Image

from crackcls import config
from crackcls.evaluation import page_pictures, sources, store
from crackcls.evaluation.page import evaluation_page
from crackcls.evaluation.sources import Images
from crackcls.runs import folders
from tests.conftest import encoded, picture

NAME = "<b>&.jpg"


@pytest.fixture
def wrong(tmp_path) -> pd.DataFrame:
    """Give more wrong predictions than a report shows, the images of a few damaged."""
    rows = []
    for number in range(page_pictures.MOST + 10):
        file = NAME if number == 0 else f"{number}.jpg"
        content = encoded(picture(number, 227))
        (tmp_path / file).write_bytes(content)
        kind = ("cracked", "sound") if number % 3 else ("sound", "cracked")
        sha256 = hashlib.sha256(content).hexdigest()
        rows.append([file, sha256, *kind, 0.99 - number / 100])
    (tmp_path / "1.jpg").write_bytes(b"damaged")
    (tmp_path / "2.jpg").unlink()
    return pd.DataFrame(rows, columns=["file", "sha256", "actual", "predicted", "probability"])


def test_each_kind_of_mistake_comes_in_turn_and_no_more_than_so_many(wrong, tmp_path):
    made = page_pictures.wrong_ones(wrong, Images({"": tmp_path}))
    said = re.findall(r'alt="labelled (\w+), called \w+ ([\d.]+)%"', made)
    assert len(said) == page_pictures.MOST
    assert said[:4] == [
        *(("sound", "99.0"), ("sound", "96.0"), ("cracked", "95.0"), ("sound", "93.0"))
    ]
    assert f"{page_pictures.MOST} of {len(wrong)}" in made


def test_the_pictures_are_small_within_the_page_and_their_names_are_text(wrong, tmp_path):
    made = page_pictures.wrong_ones(wrong, Images({"": tmp_path}))
    contents = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', made)
    assert len(contents) == page_pictures.MOST == made.count("src=")
    for content in contents:
        with Image.open(io.BytesIO(base64.b64decode(content))) as image:
            assert max(image.size) <= page_pictures.SIDE
    assert "&lt;b&gt;&amp;.jpg" in made and NAME not in made


def test_without_images_there_are_no_pictures(wrong):
    assert page_pictures.wrong_ones(wrong, None) == ""
    assert page_pictures.wrong_ones(wrong, Images({})) == ""
    assert page_pictures.wrong_ones(wrong[:0], Images({})) == ""


def test_photos_of_a_published_set_are_credited_with_what_was_changed():
    bare, shown = (page_pictures.credit(Images({}), "METU walls", is_shown) for is_shown in (0, 1))
    assert "Özgenel" in bare and "shrunk" not in bare
    assert "Özgenel" in shown and "shrunk" in shown
    assert page_pictures.credit(None, "our walls", True) == ""


def test_the_report_of_a_shipped_model_has_pictures_before_its_figures_and_credits_all():
    (own, *_) = store.list_evaluations(folders.read_run(config.PROJECT / "models" / "metu"))
    images = sources.images_of(own, {})
    table, report = store.table_of(own), store.report_of(own)
    page = evaluation_page(own.run, own.data, table, report, 0.5, images)
    assert page.count("<img") == report["wrong"] == 2
    places = [page.index(f"<h2>{title}</h2>") for title in ("Where it is wrong", "About", "Charts")]
    assert places == sorted(places)
    assert "CC BY 4.0" in page and "shrunk" in page
