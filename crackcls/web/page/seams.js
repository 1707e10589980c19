// Tiles across the seams of those that the model saw: crackcls/photos/seams.py in the browser.
"use strict";

// Put the tiles across the seams among those of a scale. `seen` has of each tile its `familiarity`
// and its `map` of scores.
function closed({ places, grid, seen }, size) {
  if (!grid) return { places, seen };
  const cells = seen[0].map.columns;
  const wide = grid.lefts.length;
  let rows = grid.tops.map((_, i) => seen.slice(i * wide, (i + 1) * wide));
  if (isWoven(grid.tops)) {
    rows = woven(rows, (before, after) => before.map((one, i) => halves(one, after[i], true)));
  }
  if (isWoven(grid.lefts)) {
    rows = rows.map((row) => woven(row, (before, after) => halves(before, after, false)));
  }
  const [across, down] = [grid.lefts, grid.tops].map((starts) => boxesAlong(starts, cells));
  const boxes = down.flatMap(([top, high]) => across.map(([left, wide]) => [left, top, wide, high]));
  return {
    places: boxes.map((box) => inPhoto(box, size, grid).map(halfEven)),
    seen: rows.flat(),
  };
}

// Tell whether tiles touch, or overlap by less than half; more shows a seam by itself.
function isWoven(starts) {
  const side = FACTS.model.imageSize;
  const step = starts.at(-1) / Math.max(1, starts.length - 1);
  return side / 2 < step && step <= side;
}

// Put what `between` gives of each two neighbours between them.
function woven(values, between) {
  return values.flatMap((one, i) => (i ? [between(values[i - 1], one), one] : [one]));
}

// Give start and length of each tile along one side, in pixels of the resized photo.
function boxesAlong(starts, cells) {
  const side = FACTS.model.imageSize;
  const whole = starts.map((start) => [start, side]);
  if (!isWoven(starts)) return whole;
  const late = (start) => start + side - (side * Math.floor(cells / 2)) / cells;
  return woven(whole, ([start], [next]) => [late(start), late(next) - late(start)]);
}

// Put the last cells of a tile and the first ones of the next together, below it or beside it.
function halves(before, after, isBelow) {
  const count = FACTS.model.classes.length;
  const { columns, scores } = before.map;
  const late = Math.floor(columns / 2);
  const first = columns - late;
  const joined = scores.map((_, i) => {
    const place = Math.floor(i / count);
    const at = isBelow ? Math.floor(place / columns) : place % columns;
    const step = (isBelow ? columns : 1) * count;
    return at < late ? scores[i + first * step] : after.map.scores[i - late * step];
  });
  const share = late / columns;
  const familiarity = share * before.familiarity + (1 - share) * after.familiarity;
  return { familiarity, scores: meansOf(joined), map: { columns, scores: joined } };
}
