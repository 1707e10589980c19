// Answers on the page: the verdict, the photo with what voted, and the words.
"use strict";

const COLOURS = { FOUND: "red", DOUBTFUL: "orange", NOT_FOUND: "green", UNFAMILIAR: "violet" };

function element(name, about = {}, ...inside) {
  const made = Object.assign(document.createElement(name), about);
  made.append(...inside);
  return made;
}

// Give the colour of a verdict; red and green only where it is known which class is the bad one.
function colourOfKind(kind) {
  const { DOUBTFUL, UNFAMILIAR } = FACTS.kinds;
  const isKnown = FACTS.model.isCrack || kind === DOUBTFUL || kind === UNFAMILIAR;
  const name = Object.keys(FACTS.kinds).find((one) => FACTS.kinds[one] === kind);
  return isKnown ? COLOURS[name] : "blue";
}

// Draw a photo as a person wants it: with outlines, with heat, or as it is.
function drawAnswer(canvas, preview, analysis, verdict, layer) {
  Object.assign(canvas, { width: preview.width, height: preview.height });
  canvas.getContext("2d", { willReadFrequently: true }).drawImage(preview, 0, 0);
  if (layer === "heat") {
    analysis.heat ??= heatOf(analysis);
    drawHeat(canvas, analysis.heat);
  }
  if (layer === "outlines" && verdict.tiles > 1) drawOutline(canvas, analysis, verdict);
}

// Make the answer on one photo. Gives its element and what shows it anew.
function answerOn(name, photo, analysis) {
  const words = element("h2", { className: "verdict" });
  const canvas = element("canvas");
  const why = element("p");
  const measured = element("p", { className: "quiet" });
  const said = [photo.said, analysis.caution].filter(Boolean);
  const cautions = said.map((text) => element("p", { className: "caution" }, text));
  const title = element("p", { className: "quiet" }, name);
  const folded = element("details", {}, element("summary", {}, "Why?"), why, measured);
  const whole = element("article", {}, words, ...cautions, canvas, title, folded);
  canvas.setAttribute("role", "img");
  const show = ({ threshold, layer }) => {
    const verdict = decide(analysis, threshold);
    words.className = `verdict ${colourOfKind(verdict.kind)}`;
    words.textContent = headline(verdict);
    why.textContent = reasons(verdict, analysis, threshold);
    measured.textContent = measures(verdict, analysis);
    canvas.setAttribute("aria-label", seenInWords(name, verdict, analysis));
    drawAnswer(canvas, photo.preview, analysis, verdict, layer);
  };
  return { whole, show, tiles: analysis.votes.length };
}
