// Where a photo is cut, and the cuts as the model takes them: crackcls/photos/tiles.py, layout.py
// and crackcls/network/pieces.py in the browser. A place is [left, top, width, height] in pixels.
"use strict";

// Give the scales of a photo, the largest tiles first: for each its places, its looks one by one,
// and of tiles their grid. A look is the bytes of one square, or of the whole and its pieces.
function scalesOf(image) {
  const { model, rule } = FACTS;
  const size = [image.width, image.height];
  if (model.trainedOn && isOne(size)) return [partsOf(image, [[0, 0, ...size]])];
  const most = model.label === null ? 1 : Infinity;
  if (!model.trainedOn || model.trainedOn.isOfPatches) {
    const sides = most === 1 ? [Math.min(...size)] : tileSides(size);
    return tiledScales(image, sides);
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
  const least = Math.max(rule.NATIVE, ((long * short) / rule.MOST_NATIVE) ** 0.5);
  const count = Math.ceil(long / least);
  if (count >= rule.LEAST_NATIVE) chosen.push(long / count);
  return chosen.filter((side, i) => i === 0 || side < chosen[i - 1]);
}

// Place parts along one side; the last is snapped to the edge.
function partStarts(length, side, overlap) {
  const most = Math.ceil((length - side) / (FACTS.rule.MOST_IN_A_ROW - 1));
  const step = Math.max(halfEven(side * (1 - overlap)), most, 1);
  const found = [];
  for (let at = 0; at < length - side; at += step) found.push(at);
  return [...found, length - side];
}

function corners(size, side, overlap) {
  const [lefts, tops] = [0, 1].map((i) => partStarts(size[i], side[i], overlap));
  return tops.flatMap((top) => lefts.map((left) => [left, top]));
}

// Cut a photo into tiles, at each scale.
function tiledScales(image, sides) {
  const size = [image.width, image.height];
  const grids = tileGrids(size, sides);
  const level = levelsOf(image, grids);
  return grids.map((grid, i) => {
    const places = tilePlaces(size, grid);
    const isSmall = grid.size[0] * grid.size[1] <= FACTS.rule.MOST_RESIZED;
    return { grid, places, looks: isSmall ? slices(level, i, grid) : oneByOne(image, places) };
  });
}

// Place the tiles of all scales: the largest overlap by half, the next a little.
function tileGrids(size, sides) {
  return sides.map((side, scale) => {
    const [[width, lefts], [height, tops]] = size.map((one) => tilesAlong(one / side, scale));
    return { size: [width, height], lefts, tops };
  });
}

// Give the pixels along one side of a photo so many tiles long, and where tiles begin.
function tilesAlong(tiles, scale) {
  const { rule, model } = FACTS;
  const side = model.imageSize;
  let length = Math.max(side, halfEven(tiles * side));
  if (scale === 0) return [length, partStarts(length, side, rule.OVERLAP)];
  const overlap = rule.OVERLAPS[scale - 1];
  const wanted = (tiles - overlap) / (1 - overlap);
  let count = Math.max(1, Math.floor(wanted));
  if (wanted > count * (1 + rule.SQUEEZED)) count += 1;
  length = Math.min(length, count * side);
  const last = Math.min(count, rule.MOST_IN_A_ROW) - 1;
  const step = (length - side) / Math.max(last, 1);
  const at = (i) => (i && i === last ? length - side : halfEven(i * step));
  return [length, Array.from({ length: last + 1 }, (_, i) => at(i))];
}

// Give where the tiles of a grid lie in the photo; between pixels too.
function tilePlaces(size, grid) {
  const side = FACTS.model.imageSize;
  const boxes = grid.tops.flatMap((top) => grid.lefts.map((left) => [left, top, side, side]));
  return boxes.map((box) => inPhoto(box, size, grid));
}

function inPhoto(box, size, grid) {
  return box.map((one, i) => one * (size[i % 2] / grid.size[i % 2]));
}

// Give a function that resizes the photo for a scale, once: of a finer, shrunk scale where there is
// one, since that takes a tenth of the time.
function levelsOf(image, grids) {
  const made = [];
  const { MOST_RESIZED } = FACTS.rule;
  const isFiner = ({ size: [width, height] }) =>
    width * height <= MOST_RESIZED &&
    Math.max(width, height) < Math.max(image.width, image.height);
  const level = (i) => {
    const finer = grids.findIndex((grid, at) => at > i && isFiner(grid));
    made[i] ??=
      finer < 0
        ? resized(image, ...grids[i].size)
        : inBlocks(level(finer), ...grids[i].size) ?? resized(level(finer), ...grids[i].size);
    return made[i];
  };
  return level;
}

// Shrink a picture by whole blocks of pixels; nothing where they do not fit.
function inBlocks(image, width, height) {
  const times = Math.floor(image.width / width);
  const isWhole = image.width === width * times && image.height === height * times;
  return isWhole ? reduced(image, times, times) : null;
}

function* slices(level, scale, { lefts, tops }) {
  const side = FACTS.model.imageSize;
  const all = level(scale);
  for (const top of tops) {
    for (const left of lefts) yield cropped(all, left, top, side, side).data;
  }
}

// Resize each tile by itself, where a long narrow photo would become too large.
function* oneByOne(image, places) {
  const side = FACTS.model.imageSize;
  for (const [x, y, width, height] of places) {
    const box = [x, y, Math.min(x + width, image.width), Math.min(y + height, image.height)];
    yield resizedBox(image, side, side, box).data;
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
