// Where in a photo the class is seen: the heat of crackcls/photos/verdict.py, stitched as in
// crackcls/photos/stitch.py. A grid is {columns, rows, values}.
"use strict";

// How much of the colour covers the photo where the heat is 1.
const COVER = 0.5;

// Stitch the heat of each scale, and take their geometric mean, weighted by familiarity.
function heatOf({ scales, size, label }) {
  const { LEAST, CONTRAST } = FACTS.rule;
  const stitched = scales.map((scale) => stitch(size, scale, label));
  const values = stitched[0].heat.map((_, at) => {
    const counts = stitched.map((one) => one.count[at] + 1e-6);
    const logs = stitched.map((one) => Math.log(Math.min(Math.max(one.heat[at], LEAST), 1)));
    const total = counts.reduce((sum, one) => sum + one, 0);
    const average = logs.reduce((sum, one, i) => sum + one * counts[i], 0) / total;
    const heat = (Math.exp(average) - LEAST) * Math.max(...counts);
    return Math.min(Math.max(heat, 0), 1) ** CONTRAST;
  });
  const [columns, rows] = gridOf(size);
  return { columns, rows, values };
}

// Give columns and rows of the stitched map of a photo.
function gridOf(size) {
  const long = Math.max(...size);
  return size.map((n) => Math.max(1, halfEven((FACTS.rule.CELLS * n) / long)));
}

// Put the maps of overlapping tiles together, each fading out towards its edge.
function stitch(size, { places, seen }, label) {
  const [columns, rows] = gridOf(size);
  const sums = [0, 1, 2].map(() => new Float64Array(columns * rows));
  const [across, down] = [columns / size[0], rows / size[1]];
  places.forEach(([left, top, wide, high], i) => {
    const [x, y] = [Math.floor(left * across), Math.floor(top * down)];
    const right = Math.min(Math.ceil((left + wide) * across - 1e-6), columns);
    const bottom = Math.min(Math.ceil((top + high) * down - 1e-6), rows);
    const values = enlarged(evidence(seen[i], label), right - x, bottom - y);
    const weight = Math.max(seen[i].familiarity, 1e-6);
    for (let row = y, at = 0; row < bottom; row += 1) {
      for (let column = x; column < right; column += 1, at += 1) {
        const fade = fadeOf(row - y, bottom - y) * fadeOf(column - x, right - x);
        const to = row * columns + column;
        sums[0][to] += values[at] * fade * weight;
        sums[1][to] += fade * weight;
        sums[2][to] += fade;
      }
    }
  });
  const isBare = (at) => sums[2][at] === 0;
  const heat = sums[0].map((sum, at) => (isBare(at) ? 0 : sum / sums[1][at]));
  const count = sums[1].map((sum, at) => (isBare(at) ? 1e-6 : sum / sums[2][at]));
  return { heat, count };
}

// Rise from the edge of a tile to its middle.
function fadeOf(at, count) {
  const middle = (at + 0.5) / count;
  return Math.min(middle, 1 - middle);
}

// Tell at each place of a tile how much speaks for the class.
function evidence({ map, scores: own }, label) {
  const count = own.length;
  const chance = softmax(own)[label];
  const values = Float32Array.from({ length: map.scores.length / count }, (_, place) => {
    const scores = map.scores.subarray(place * count, (place + 1) * count);
    return softmax(scores)[label] * chance;
  });
  return { columns: map.columns, rows: values.length / map.columns, values };
}

// Bring a grid to another size by the bicubic filter, first across and then down.
function enlarged({ columns, rows, values }, width, height) {
  const across = weightsOf(columns, 0, columns, width, cubic, 2);
  const down = weightsOf(rows, 0, rows, height, cubic, 2);
  const wide = new Float32Array(width * rows);
  for (let row = 0; row < rows; row += 1) {
    for (let x = 0; x < width; x += 1) {
      wide[row * width + x] = weighed(values, across, x, row * columns, 1);
    }
  }
  const all = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) all[y * width + x] = weighed(wide, down, y, x, width);
  }
  return all;
}

function weighed(values, { firsts, weights }, to, start, step) {
  const from = start + firsts[to] * step;
  return weights[to].reduce((sum, one, i) => sum + one * values[from + i * step], 0);
}

// Lay colour over a photo where the heat is high.
function drawHeat(canvas, { columns, rows, values }) {
  const small = document.createElement("canvas");
  Object.assign(small, { width: columns, height: rows });
  const picture = new ImageData(columns, rows);
  values.forEach((heat, at) => {
    picture.data.set([...colourOf(heat), Math.round(heat * COVER * 255)], at * 4);
  });
  small.getContext("2d").putImageData(picture, 0, 0);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
}

// Give red, green and blue of a heat from 0 to 1, between the colours of the app.
function colourOf(heat) {
  const stops = FACTS.colours;
  const at = heat * (stops.length - 1);
  const from = Math.min(Math.floor(at), stops.length - 2);
  return stops[from].map((one, i) => one + (stops[from + 1][i] - one) * (at - from));
}
