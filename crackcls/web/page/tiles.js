// Where a photo is cut, and the cuts as the model takes them: crackcls/photos/tiles.py, layout.py
// and crackcls/network/pieces.py in the browser. A place is [left, top, width, height] in pixels.
"use strict";

// Give the scales of a photo, the largest tiles first: for each its places, and its looks one by
// one. A look is the bytes of one square, or of the whole and its pieces.
function scalesOf(image) {
  const { model, rule } = FACTS;
  const size = [image.width, image.height];
  if (model.trainedOn && isOne(size)) return [partsOf(image, [[0, 0, ...size]])];
  const most = model.label === null ? 1 : Infinity;
  if (!model.trainedOn || model.trainedOn.isOfPatches) {
    const sides = most === 1 ? [Math.min(...size)] : tileSides(size);
    return sides.map((side) => tilesOf(image, side));
  }
  const looks = model.pieces ? model.pieces.along * model.pieces.across + 1 : 1;
  const places = partPlaces(size, Math.floor(rule.MOST_NATIVE / looks));
  return places.slice(0, most).map((one) => partsOf(image, one));
}

function tileSides(size) {
  const { rule } = FACTS;
  const [short, long] = [Math.min(...size), Math.max(...size)];
  if (long < 2 * rule.PATCH) return [short];
  const chosen = rule.DIVISIONS.map((count) => Math.min(long / count, short));
  if (chosen.at(-1) > rule.PATCH) {
    const most = rule.MOST_NATIVE * (1 - rule.NATIVE_OVERLAP) ** 2;
    chosen.push(Math.max(rule.PATCH, ((size[0] * size[1]) / most) ** 0.5));
  }
  return chosen.filter((side, i) => i === 0 || side < chosen[i - 1]);
}

// Place tiles along one side; the last is snapped to the edge.
function tileStarts(length, side, overlap) {
  const most = Math.ceil((length - side) / (FACTS.rule.MOST_IN_A_ROW - 1));
  const step = Math.max(halfEven(side * (1 - overlap)), most, 1);
  const found = [];
  for (let at = 0; at < length - side; at += step) found.push(at);
  return [...found, length - side];
}

function corners(size, side, overlap) {
  const [lefts, tops] = [0, 1].map((i) => tileStarts(size[i], side[i], overlap));
  return tops.flatMap((top) => lefts.map((left) => [left, top]));
}

// Cut overlapping tiles of one scale. The photo is resized once, so that each is a piece of it.
function tilesOf(image, side) {
  const { rule } = FACTS;
  const input = FACTS.model.imageSize;
  const size = [image.width, image.height];
  const new_ = size.map((n) => Math.max(input, halfEven((n * input) / side)));
  const isNative = side * rule.DIVISIONS.at(-1) < Math.max(...size);
  const overlap = isNative ? rule.NATIVE_OVERLAP : rule.OVERLAP;
  const found = corners(new_, [input, input], overlap);
  const exact = found.map((one) => one.map((n, i) => n * (size[i] / new_[i])));
  const places = exact.map((one) => [...one, side, side].map(halfEven));
  const isSmall = new_[0] * new_[1] <= rule.MOST_RESIZED;
  return { places, looks: isSmall ? slices(image, new_, found) : oneByOne(image, exact, side) };
}

function* slices(image, [width, height], found) {
  const input = FACTS.model.imageSize;
  const all = resized(image, width, height);
  for (const [left, top] of found) yield cropped(all, left, top, input, input).data;
}

// Resize each tile by itself, where a long narrow photo would become too large.
function* oneByOne(image, exact, side) {
  const input = FACTS.model.imageSize;
  for (const [x, y] of exact) {
    const box = [x, y, Math.min(x + side, image.width), Math.min(y + side, image.height)];
    yield resizedBox(image, input, input, box).data;
  }
}

// Tell whether a photo is judged whole, squeezed to a square as those of the training.
function isOne(size) {
  const { trainedOn } = FACTS.model;
  const long = Math.max(...size);
  if (long <= FACTS.rule.ABOUT * trainedOn.long[2]) return true;
  const most = FACTS.rule.MUCH_LARGER * trainedOn.long[2];
  return long < (trainedOn.isOfPatches ? 2 * FACTS.rule.PATCH : most);
}

// Cut a photo into parts of the size of those of the training, and of four times that size.
function partPlaces(size, most) {
  const { rule, model } = FACTS;
  if (isOne(size)) return [[[0, 0, ...size]]];
  const [long, short] = [model.trainedOn.long[1], model.trainedOn.short[1]];
  const side = size[0] >= size[1] ? [long, short] : [short, long];
  const isLarge = Math.max(...size) > rule.MOST_TIMES * long;
  const large = isLarge ? side.map((n) => n * rule.MOST_TIMES) : size;
  const count = (size[0] * size[1]) / (side[0] * side[1]);
  const tooMany = count / (1 - rule.OVERLAP) ** 2 > most;
  const overlap = tooMany ? rule.NATIVE_OVERLAP : rule.OVERLAP;
  const times = Math.max(1, (count / (1 - overlap) ** 2 / most) ** 0.5);
  const small = side.map((n) => n * times);
  return [gridPlaces(size, large, rule.OVERLAP), gridPlaces(size, small, overlap)];
}

function gridPlaces(size, part, overlap) {
  const side = part.map((n, i) => Math.min(halfEven(n), size[i]));
  return corners(size, side, overlap).map((corner) => [...corner, ...side]);
}

function partsOf(image, places) {
  return { places, looks: partLooks(image, places) };
}

function* partLooks(image, places) {
  for (const place of places) yield viewsOf(cropped(image, ...place));
}

// Give what the model looks at of a part: the whole, squeezed to a square, and its pieces.
function viewsOf(part) {
  const side = FACTS.model.imageSize;
  const whole = resized(part, side, side).data;
  if (!FACTS.model.pieces) return whole;
  const [columns, rows] = piecesGrid([part.width, part.height]);
  const all = resized(part, columns * side, rows * side);
  const views = new Uint8Array(whole.length * (columns * rows + 1));
  views.set(whole);
  for (let i = 0; i < columns * rows; i += 1) {
    const [x, y] = [(i % columns) * side, Math.floor(i / columns) * side];
    views.set(cropped(all, x, y, side, side).data, whole.length * (i + 1));
  }
  return views;
}

// Give columns and rows of the pieces for a photo of some width and height.
function piecesGrid(size) {
  const { along, across } = FACTS.model.pieces;
  return size[0] >= size[1] ? [along, across] : [across, along];
}

// Say that a photo is too small to show a hairline; nothing where it is not.
function smallness(size) {
  const { rule, model } = FACTS;
  const { trainedOn } = model;
  const least = trainedOn ? trainedOn.short[0] : rule.PATCH;
  if (Math.min(...size) >= Math.max(rule.SMALL_SIDE, rule.TOO_SMALL * least)) return "";
  const by = (width, height) => `${grouped(width)} x ${grouped(height)}`;
  const learned = trainedOn
    ? ` and the model learned from ${by(trainedOn.long[1], trainedOn.short[1])}`
    : "";
  return (
    `The photo is small, ${by(...size)} pixels${learned}: fine lines may not show in it. ` +
    "Take a larger one."
  );
}

// Write a whole number with commas.
function grouped(number) {
  return number.toLocaleString("en-US");
}
