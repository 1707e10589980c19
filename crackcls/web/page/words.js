// What is said of a photo, in the words of the app: crackcls/widgets/photo_words.py.
"use strict";

const CAUTION = "This does not look like the concrete this model knows.";
const ONE_TILE = "The photo is one tile: where in it the model looks cannot be told.";
const DECIDING = "the lowest vote of the tiles that decide";
const SIZES = [[], [""], ["large", "small"], ["large", "middle-sized", "small"]];
const ROWS = ["top", "middle", "bottom"];
const COLUMNS = ["left", "middle", "right"];

// Say the verdict in a line.
function headline(verdict) {
  if (verdict.kind === FACTS.kinds.UNFAMILIAR) return CAUTION;
  return capital(verdict.words) + extent(verdict);
}

// Say how many tiles voted, where there are several and that is not what the words say.
function extent({ found, tiles }) {
  if (!found || tiles === 1 || FACTS.model.label === null) return "";
  return `, ${grouped(found)} of ${grouped(tiles)} tiles`;
}

// Say what a verdict rests on.
function reasons(verdict, analysis, threshold) {
  const { UNFAMILIAR, DOUBTFUL, FOUND } = FACTS.kinds;
  const { classes, label } = FACTS.model;
  const count = classes.length;
  if (label === null) return `The likeliest of the ${count} classes that this model knows.`;
  if (verdict.isProbability) return ONE_TILE;
  if (verdict.kind === UNFAMILIAR) {
    return `${takenForKnown(analysis, threshold)} That says little here.`;
  }
  const counted = tilesInWords(verdict, analysis, threshold);
  if (verdict.kind === DOUBTFUL) {
    return `${counted} A verdict takes ${enough(analysis)}. Look closer, or go nearer.`;
  }
  const hasWhole = analysis.needed.some((_, i) => ofScale(analysis, i, "votes").length === 1);
  if (verdict.kind === FOUND && !hasWhole) return `${counted} ${mistakes(analysis, threshold)}`;
  return counted;
}

function tilesInWords(verdict, analysis, threshold) {
  if (!verdict.found) return `None of the ${verdict.tiles} tiles ${looks(1)}.`;
  const sizes = SIZES[analysis.needed.length];
  const parts = countsOf(analysis, threshold).map((count, i) => `${count} ${sizes[i]}`);
  const detail = parts.length > 1 ? `: ${parts.join(" and ")}` : "";
  return `${verdict.found} of ${verdict.tiles} tiles ${looks(verdict.found)}${detail}.`;
}

// Count the tiles of an unfamiliar photo that would vote for the class were they familiar.
function takenForKnown(analysis, threshold) {
  const seen = analysis.probabilities.map((of) => of[analysis.label] >= threshold);
  const count = seen.filter(Boolean).length;
  if (seen.length === 1) {
    return `Taken for familiar, it would ${count ? "" : "not "}look ${lookedFor()}.`;
  }
  return `Taken for familiar, ${count} of ${seen.length} tiles would look ${lookedFor()}.`;
}

// Say how seldom a photo without the class shows so many tiles.
function mistakes(analysis, threshold) {
  const { THRESHOLD, BY_MISTAKE } = FACTS.rule;
  if (threshold < THRESHOLD) {
    return `Below a vote of ${wholePercent(THRESHOLD)} more tiles do so by mistake.`;
  }
  return (
    `A photo without ${FACTS.model.isCrack ? "a crack" : "that class"} shows ${enough(analysis)} ` +
    `by mistake less than once in ${Math.round(1 / BY_MISTAKE)} times.`
  );
}

// Say how many tiles it takes: "3 large ones or 4 small ones".
function enough(analysis) {
  if (analysis.needed.length === 1) return `${analysis.needed[0]} of them`;
  const sizes = SIZES[analysis.needed.length];
  const each = analysis.needed.map((n, i) => `${n} ${sizes[i]} ${n === 1 ? "one" : "ones"}`);
  return each.join(" or ");
}

// Give the figures of a photo by the names that the app's table has for them.
function measures(verdict, analysis) {
  const isOneOfTwo = !verdict.isProbability && FACTS.model.label !== null;
  const deciding = isOneOfTwo ? `, ${DECIDING}` : "";
  return (
    `Probability of ${subject(analysis)}: ${percent(verdict.probability)}${deciding} · ` +
    `Familiarity: ${wholePercent(verdict.familiarity)}`
  );
}

// Say what a picture shows to whoever does not see it.
function seenInWords(name, verdict, analysis) {
  const words = `${name}: ${verdict.words}`;
  if (verdict.tiles === 1 || !verdict.found) return words;
  return `${words}, strongest ${placeInWords(analysis)}`;
}

// Say where in the photo the strongest tile lies, by thirds.
function placeInWords({ places, votes, size }) {
  const [left, top, width, height] = places[votes.indexOf(Math.max(...votes))];
  const thirds = [(left + width / 2) / size[0], (top + height / 2) / size[1]];
  const [across, down] = thirds.map((share) => Math.min(Math.max(Math.trunc(share * 3), 0), 2));
  const words = [ROWS[down], COLUMNS[across]];
  return words.join(" ") === "middle middle" ? "in the middle" : `at the ${words.join(" ")}`;
}

function looks(count) {
  return `${count === 1 ? "looks" : "look"} ${lookedFor()}`;
}

// Name the class that is looked for.
function lookedFor() {
  const { isCrack, called, label } = FACTS.model;
  return isCrack ? called[label] : `like '${called[label]}'`;
}

// Name what there is a probability of.
function subject({ label }) {
  const { isCrack, called } = FACTS.model;
  return isCrack ? "a crack" : called[label];
}

// Say a probability or a vote in percent, and neither as certainty: crackcls/interval.py.
function percent(share) {
  if (share > 0.999) return "over 99.9%";
  return share < 0.001 ? "under 0.1%" : `${(share * 100).toFixed(1)}%`;
}

function wholePercent(share) {
  return `${halfEven(share * 100)}%`;
}

function capital(text) {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
