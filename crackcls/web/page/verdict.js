// The verdict on one photo, from its tiles: crackcls/photos/verdict.py in the browser, with the
// calibration and the familiarity of crackcls/network/.
"use strict";

// Turn scores into probabilities.
function softmax(scores, temperature = 1) {
  const most = Math.max(...scores);
  const powers = Array.from(scores, (one) => Math.exp((one - most) / temperature));
  const sum = powers.reduce((total, one) => total + one, 0);
  return powers.map((one) => one / sum);
}

// Average the scores of places, class by class.
function meansOf(map) {
  const count = FACTS.model.classes.length;
  const sums = new Array(count).fill(0);
  map.forEach((one, i) => {
    sums[i % count] += one;
  });
  return sums.map((sum) => (sum * count) / map.length);
}

// Tell how familiar the features of a tile are, 0 to 1: what the components of the training leave
// over of them. `known` is the mean and then the components, one after another.
function familiarityOf(features, known) {
  const count = features.length;
  const length = Math.max(lengthOf(features), 1e-12);
  const rest = Float64Array.from(features, (one, i) => one / length - known[i]);
  const centred = rest.slice();
  for (let start = count; start < known.length; start += count) {
    let along = 0;
    for (let i = 0; i < count; i += 1) along += centred[i] * known[start + i];
    for (let i = 0; i < count; i += 1) rest[i] -= along * known[start + i];
  }
  const { limit, FADE } = { ...FACTS.model, ...FACTS.rule };
  const beyond = lengthOf(rest) / Math.max(limit, 1e-12) - 1;
  return Math.min(Math.max(1 - beyond / (FADE - 1), 0), 1);
}

function lengthOf(vector) {
  return Math.sqrt(vector.reduce((sum, one) => sum + one * one, 0));
}

// Tell how many tiles must be found: so many as a photo without the class shows by mistake less
// often than `BY_MISTAKE`, by the binomial distribution.
function neededOf(tiles, rate) {
  if (rate >= 1) return tiles;
  let chance = tiles * Math.log1p(-rate);
  let more = 1 - Math.exp(chance);
  for (let count = 1; count <= tiles; count += 1) {
    if (more <= FACTS.rule.BY_MISTAKE) return count;
    chance += Math.log(((tiles - count + 1) / count) * (rate / (1 - rate)));
    more -= Math.exp(chance);
  }
  return tiles;
}

// Put together what the model saw. `scales` has for each scale `places` and `seen`: of each tile
// `scores`, `familiarity` and `map` (scores of places).
function analysisOf(size, scales) {
  const { model } = FACTS;
  const seen = scales.flatMap((scale) => scale.seen);
  const probabilities = seen.map((tile) => softmax(tile.scores, model.temperature));
  const label = model.label ?? likeliest(probabilities);
  const familiarity = seen.map((tile) => tile.familiarity);
  const isPlain = seen.length === 1 && !model.isOfOld;
  return {
    size,
    label,
    places: scales.flatMap((scale) => scale.places),
    scale: scales.flatMap((scale, i) => scale.places.map(() => i)),
    needed: scales.map((scale) => neededOf(scale.places.length, model.rates[label])),
    probabilities,
    familiarity,
    votes: probabilities.map((of, i) => (isPlain ? of[label] : of[label] * familiarity[i])),
    caution: smallness(size),
    scales,
  };
}

function likeliest(probabilities) {
  const sums = FACTS.model.classes.map((_, i) => probabilities.reduce((sum, of) => sum + of[i], 0));
  return sums.indexOf(Math.max(...sums));
}

// Say what a photo shows, from the lowest vote that counts.
function decide(analysis, threshold) {
  const { rule, model } = FACTS;
  const { votes } = analysis;
  const means = analysis.needed.map((_, i) => mean(ofScale(analysis, i, "familiarity")));
  const familiarity = Math.max(...means);
  const kind = kindOf(analysis, familiarity, threshold);
  const least = model.isOfOld ? 1 : rule.FAMILIAR;
  return {
    kind,
    words: wordsOf(kind, analysis),
    probability: Math.max(...analysis.needed.map((k, i) => kthVote(analysis, k, i))),
    familiarity,
    tiles: votes.length,
    found: votes.filter((vote) => vote >= threshold).length,
    isProbability: votes.length === 1 && familiarity >= least,
  };
}

function kindOf(analysis, familiarity, threshold) {
  const { UNFAMILIAR, FOUND, DOUBTFUL, NOT_FOUND } = FACTS.kinds;
  if (familiarity < FACTS.rule.FAMILIAR) return UNFAMILIAR;
  if (FACTS.model.label === null) return FOUND;
  const counts = countsOf(analysis, threshold);
  if (counts.some((count, i) => count >= analysis.needed[i])) return FOUND;
  return counts.some((count) => count > 0) ? DOUBTFUL : NOT_FOUND;
}

function wordsOf(kind, analysis) {
  const { kinds, model } = FACTS;
  if (kind === kinds.DOUBTFUL || kind === kinds.UNFAMILIAR) return kind;
  if (kind === kinds.FOUND) return model.called[analysis.label];
  return model.notFound;
}

// Count for each scale the tiles that vote for the class.
function countsOf(analysis, threshold) {
  return analysis.needed.map(
    (_, i) => ofScale(analysis, i, "votes").filter((vote) => vote >= threshold).length,
  );
}

function kthVote(analysis, k, scale) {
  return ofScale(analysis, scale, "votes").sort((one, other) => other - one)[k - 1];
}

function ofScale(analysis, scale, name) {
  return analysis[name].filter((_, i) => analysis.scale[i] === scale);
}

function mean(numbers) {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}
