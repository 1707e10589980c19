// A line round the places of a photo that voted: crackcls/photos/outline.py in the browser.
"use strict";

// Draw the line on a canvas that shows the photo: light, a dark one on both sides of it.
function drawOutline(canvas, analysis, verdict) {
  const { width, height } = canvas;
  const thick = halfEven(Math.max(width, height) / FACTS.rule.PIXELS_FOR_A_PIXEL) || 1;
  const boxes = strongest(analysis, verdict.found).map((tile) => boxOf(canvas, analysis, tile));
  if (!boxes.length) return;
  const margin = 3 * thick;
  const [wide, high] = [width + 2 * margin, height + 2 * margin];
  const area = filled(wide, high, boxes, margin);
  const [outer, middle, inner] = [1, 2, 3].map((times) => shrunk(area, wide, high, times * thick));
  const context = canvas.getContext("2d");
  const picture = context.getImageData(0, 0, width, height);
  for (let y = 0, to = 0; y < height; y += 1) {
    let at = (y + margin) * wide + margin;
    for (let x = 0; x < width; x += 1, to += 4, at += 1) {
      if (area[at] && !inner[at]) {
        picture.data.fill(outer[at] && !middle[at] ? 255 : 0, to, to + 3);
      }
    }
  }
  context.putImageData(picture, 0, 0);
}

// Tiles that vote at the threshold or above are the strongest so many.
function strongest({ votes }, count) {
  const order = votes.map((_, i) => i).sort((one, other) => votes[other] - votes[one]);
  return order.slice(0, count);
}

// Give left, top, right and bottom of a tile in a picture of the photo of another size.
function boxOf({ width, height }, analysis, tile) {
  const [left, top, wide, high] = analysis.places[tile];
  const [across, down] = [width / analysis.size[0], height / analysis.size[1]];
  const x = Math.min(halfEven(left * across), width - 1);
  const y = Math.min(halfEven(top * down), height - 1);
  const [right, bottom] = [halfEven((left + wide) * across), halfEven((top + high) * down)];
  const end = (at, to, most) => Math.min(Math.max(to, at + 1), most);
  return [x, y, end(x, right, width), end(y, bottom, height)];
}

// Fill the boxes on a ground with a margin, so that the picture's border counts as one.
function filled(wide, high, boxes, margin) {
  const area = new Uint8Array(wide * high);
  for (const [left, top, right, bottom] of boxes) {
    for (let y = top + margin; y < bottom + margin; y += 1) {
      area.fill(1, y * wide + left + margin, y * wide + right + margin);
    }
  }
  return area;
}

// Take so many pixels off the border, first across and then down.
function shrunk(area, wide, high, pixels) {
  const across = leastAlong(area, high, wide, wide, 1, pixels);
  return leastAlong(across, wide, high, 1, wide, pixels);
}

// Keep what is filled for so many pixels on both sides along one direction.
function leastAlong(area, lines, length, line, step, pixels) {
  const kept = new Uint8Array(area.length);
  for (let of = 0; of < lines; of += 1) {
    let run = 0;
    for (let i = 0, at = of * line; i < length; i += 1, at += step) {
      run = area[at] ? run + 1 : 0;
      if (run > 2 * pixels) kept[at - pixels * step] = 1;
    }
  }
  return kept;
}
