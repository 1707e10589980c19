"""Judged photos to take away: a table, pictures in a ZIP, a page to print."""

import base64
import io
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PIL import Image

from crackcls import config, html, parallel, tables
from crackcls.interval import percent
from crackcls.network import calibration
from crackcls.photos import judged as judged_photos
from crackcls.photos.judged import Judged
from crackcls.photos.table import found_in, table_of, told_apart
from crackcls.photos.verdict import (
    DOUBTFUL,
    FOUND,
    NOT_FOUND,
    PICTURE,
    UNFAMILIAR,
    Analysis,
    Verdict,
    decide,
)

TABLE_FILE = "photos.csv"
# A third of the time of Pillow's own level 6; on two photos, files 18 % smaller and 9 % larger.
PNG_LEVEL = 1
PAGE_QUALITY = 85

STYLE = """
.photo { margin-top: 2.5rem; border-top: 1px solid #ccc }
.photo h2 { overflow-wrap: anywhere; margin: 1rem 0 .5rem }
.photo .sides { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start }
.photo figure { flex: 1 1 20rem; max-width: 100% }
.photo .said { flex: 1 1 16rem; min-width: 0 }
.photo td + td { white-space: nowrap }
.photo .verdict { font-size: 1.4rem; margin: 0; overflow-wrap: anywhere }
.photo .said p { margin: 0 0 .7rem }
.photo img { display: block; max-width: 100%; height: auto }
td { overflow-wrap: anywhere }
.table + .table { margin-top: .8rem }
@media print {
  h1 { font-size: 15pt; margin: 0 0 2mm }
  h2, .limits h2, .photo h2 { font-size: 11pt; margin: 2mm 0 1mm }
  p, ul { margin: 2mm 0 }
  th, td { padding: .4mm 2mm; font-size: 9pt }
  .photo { break-inside: avoid; margin-top: 2mm }
  .photo .sides { flex-wrap: nowrap; gap: 5mm }
  .photo figure { flex: 0 0 70mm }
  .photo img { max-height: 50mm; width: auto }
  .photo .verdict { font-size: 12pt }
  .photo .said p { font-size: 9pt; margin: 0 0 1mm }
  .limits { break-inside: avoid }
}
"""
EXPLAINED = {
    FOUND: "A photo without it shows so many of these tiles by mistake less than once in "
    f"{1 / calibration.BY_MISTAKE:.0f} times.",
    DOUBTFUL: "Some tiles vote for it, fewer than a verdict takes. Look closer, or take a "
    "photo from nearer.",
    NOT_FOUND: "No tile reaches the threshold. That is no proof that there is none.",
    UNFAMILIAR: "The photo does not look like those that the model was trained on. So there "
    "is no verdict, whatever its tiles vote.",
}
WHOLE = "The photo is judged whole, as those that the model was trained on."
LIKELIEST = "The likeliest of the {} classes that the model knows."
LOWERED = "Below a threshold of {:.0%} more tiles vote for it by mistake."
HOW_TO_READ = (
    "A photo is cut into overlapping tiles of several sizes, but where it is as large as those "
    "that the model was trained on, and each tile votes: with the "
    "probability that it shows what is looked for, times its familiarity, which is how much it "
    "looks like the pictures of the training. Outlined are the tiles whose vote reaches the "
    "threshold. The probability of a photo is the lowest vote of the tiles that decide, and of a "
    "photo of one tile its own. Bright colour is where the model sees it, the line goes round what "
    "voted."
)
NO_PROOF = {
    True: "'No crack found' is no proof that concrete is sound.",
    False: "Where nothing is found, that is no proof that there is nothing.",
}
LIMITS = (
    "Not an inspection. Where safety depends on it, ask a person who is qualified for it.",
    "The model knows only pictures like those of its training, see above under Model. Other "
    "concrete, other light, another distance or another camera make it err more often.",
    "It has no scale. It cannot know how wide or how deep is what it finds, what caused it, how "
    "severe it is, or whether it is a danger.",
    "{} What is thin and what lies in a dark photo is missed, and what is outside the photo or "
    "under the surface is not seen.",
    "Pictures unlike those of the training are called unfamiliar, and some of them are not "
    "noticed. A verdict on a picture that shows no concrete means nothing.",
    "Figures measured on the METU photos, such as a test accuracy, say nothing of this photo.",
)


@dataclass(frozen=True)
class About:
    """What a page says beside the photos.

    Attributes:
        model: What the model is called, and what it was trained on.
        sha256: Hash of the model.
        date: When the photos were judged.
        place: Where they were taken, in a person's words; any text, may be empty.
        note: What else a person says; any text of several lines, may be empty.
    """

    model: str
    sha256: str
    date: datetime
    place: str = ""
    note: str = ""


def zip_of(all_judged: Sequence[Judged], threshold: float, opacity: float) -> bytes:
    """Pack the annotated pictures as PNG, and the table.

    Args:
        all_judged: Judged photos.
        threshold: The lowest vote that counts, above 0 to 1.
        opacity: Of the colour where the heat is 1, 0 to 1.

    Returns:
        A ZIP archive. Its names are safe on every system, see `table.picture_names`.
    """

    def png(judged: Judged) -> bytes:
        verdict = decide(judged.analysis, threshold)
        picture = judged_photos.annotated(judged, verdict, opacity)
        return _encoded(picture, "PNG", compress_level=PNG_LEVEL)

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        listed = table_of(all_judged, threshold)
        for name, content in zip(
            listed[PICTURE], parallel.ordered_map(png, all_judged), strict=True
        ):
            # A ZipInfo of its own has no time, and files of 1980 tell nothing.
            archive.writestr(zipfile.ZipInfo(name), content)
        archive.writestr(zipfile.ZipInfo(TABLE_FILE), tables.csv_of(listed))
    return buffer.getvalue()


def page_of(all_judged: Sequence[Judged], threshold: float, opacity: float, about: About) -> str:
    """Write one HTML page that needs nothing else, to read or to print on A4, four photos a page.

    Args:
        all_judged: Judged photos.
        threshold: The lowest vote that counts, above 0 to 1.
        opacity: Of the colour where the heat is 1, 0 to 1.
        about: What is said beside them.
    """
    verdicts = [decide(judged.analysis, threshold) for judged in all_judged]
    pairs = list(zip(told_apart(all_judged), verdicts, strict=True))
    title = f"{len(pairs)} photos" if len(pairs) > 1 else "A photo"
    title = html.text_of(f"{title}, judged by the model {about.model}")
    numbered = [(f"{n}. " if len(pairs) > 1 else "", *pair) for n, pair in enumerate(pairs, 1)]
    body = [
        f"<h1>{title}</h1>",
        html.table_of(["", ""], _facts(about, threshold)),
        f"<p><strong>Note.</strong> {html.lines_of(about.note)}</p>" if about.note else "",
        _overview(pairs),
        f"<p>{HOW_TO_READ}</p>",
        *parallel.ordered_map(lambda pair: _photo(*pair, threshold, opacity), numbered),
        '<section class="limits">',
        html.section("What this does not tell", html.bullets(_limits(all_judged))),
        "</section>",
    ]
    return html.page(title, "\n".join(filter(None, body)), STYLE, to_print=True)


def _facts(about: About, threshold: float) -> list[tuple[str, str]]:
    facts = {"Place": about.place} if about.place else {}
    facts |= {"Date": f"{about.date:%Y-%m-%d %H:%M %Z}".strip(), "Model": about.model}
    return [*facts.items(), ("SHA-256", about.sha256), ("Threshold", f"{threshold:.0%}")]


def _overview(pairs: Sequence[tuple[Judged, Verdict]]) -> str:
    """Count the verdicts and list the photos, where there are several."""
    if len(pairs) == 1:
        return ""
    counts = Counter(verdict.words for _, verdict in pairs)
    found = found_in(pairs[0][0].analysis)
    heads = ["Photo", "Verdict", found, "Tiles", "Probability", "Familiarity"]
    rows = [[f"{number}. {one.name}", *_row(said)] for number, (one, said) in enumerate(pairs, 1)]
    counted = html.table_of(["Verdict", "Photos"], [*counts.items()])
    return html.section("Overview", counted + html.table_of(heads, rows))


def _row(said: Verdict) -> list[object]:
    shares = percent(said.probability), f"{said.familiarity:.0%}"
    return [said.words, said.found_tiles, said.tiles, *shares]


def _encoded(image: Image.Image, format_: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    judged_photos.bare(image).save(buffer, format_, **options)
    return buffer.getvalue()


def _limits(all_judged: Sequence[Judged]) -> list[str]:
    proof = NO_PROOF[all_judged[0].analysis.is_crack]
    return [limit.format(proof) for limit in LIMITS]


def _photo(number: str, judged: Judged, verdict: Verdict, threshold: float, opacity: float) -> str:
    name, words = html.text_of(judged.name), html.text_of(verdict.words)
    picture = judged_photos.outlined(judged, verdict, opacity)
    content = base64.b64encode(_encoded(picture, "JPEG", quality=PAGE_QUALITY)).decode()
    return f"""<section class="photo">
<h2>{number}{name}</h2>
<div class="sides">
<figure><img src="data:image/jpeg;base64,{content}" alt="{name}: {words}"
 width="{picture.width}" height="{picture.height}"></figure>
<div class="said">
<p class="verdict"><strong>{words[:1].upper()}{words[1:]}</strong></p>
<p>{_explained(judged.analysis, verdict, threshold)}</p>
{html.table_of(["", ""], _figures(judged.analysis, verdict))}
</div>
</div>
</section>"""


def _explained(analysis: Analysis, verdict: Verdict, threshold: float) -> str:
    classes = len(analysis.classes)
    if verdict.kind != FOUND:
        return EXPLAINED[verdict.kind]
    if classes > 2:
        return LIKELIEST.format(classes)
    if analysis.has_whole:
        return WHOLE
    # The rate of false alarms was measured at this threshold.
    is_measured = threshold >= config.THRESHOLD
    return EXPLAINED[FOUND] if is_measured else LOWERED.format(config.THRESHOLD)


def _figures(analysis: Analysis, verdict: Verdict) -> list[list[object]]:
    caution: list[list[object]] = [["Caution", verdict.caution]] if verdict.caution else []
    return [
        ["Probability", percent(verdict.probability)],
        ["Familiarity", f"{verdict.familiarity:.0%}"],
        ["Tiles", verdict.tiles],
        [found_in(analysis), verdict.found_tiles],
        *caution,
    ]
