// Pictures shrunk and enlarged as Pillow does it: Image.resize(size, BILINEAR, reducing_gap=3.0).
// A picture is {width, height, data}, where data are bytes: red, green and blue of each pixel.
"use strict";

// Pillow's weights are whole numbers, so that one is as exact as the other.
const WEIGHT_BITS = 22;

// Round as Python does: a half goes to the even neighbour. For numbers from 0 on.
function halfEven(number) {
  const below = Math.floor(number);
  const rest = number - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
}

// Leave the transparency of what a canvas gave.
function withoutAlpha({ width, height, data }) {
  const kept = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    kept[to] = data[from];
    kept[to + 1] = data[from + 1];
    kept[to + 2] = data[from + 2];
  }
  return { width, height, data: kept };
}

function cropped(image, left, top, width, height) {
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row += 1) {
    const from = ((top + row) * image.width + left) * 3;
    data.set(image.data.subarray(from, from + width * 3), row * width * 3);
  }
  return { width, height, data };
}

// Resize a picture. Where it shrinks to a sixth or less, whole blocks of pixels are averaged first.
function resized(image, width, height) {
  const across = Math.max(1, Math.trunc(image.width / width / 3));
  const down = Math.max(1, Math.trunc(image.height / height / 3));
  const box = [0, 0, image.width / across, image.height / down];
  return resizedBox(reduced(image, across, down), width, height, box);
}

// Resize a box of a picture; its left, top, right and bottom may lie between pixels.
function resizedBox(image, width, height, box) {
  const [left, top, right, bottom] = box.map(Math.fround);
  const isSame = (size, all, from, to) => size === all && from === 0 && to === all;
  let current = image;
  if (!isSame(width, image.width, left, right)) {
    current = stretched(current, wholeWeights(image.width, left, right, width));
  }
  if (!isSame(height, image.height, top, bottom)) {
    current = heightened(current, wholeWeights(image.height, top, bottom, height));
  }
  return current;
}

// Average blocks of pixels; those at the right and at the bottom may be smaller.
function reduced(image, across, down) {
  if (across === 1 && down === 1) return image;
  const width = Math.ceil(image.width / across);
  const height = Math.ceil(image.height / down);
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row += 1) {
    const bottom = Math.min((row + 1) * down, image.height);
    for (let column = 0; column < width; column += 1) {
      const right = Math.min((column + 1) * across, image.width);
      const block = [column * across, row * down, right, bottom];
      averageInto(image, block, data, (row * width + column) * 3);
    }
  }
  return { width, height, data };
}

function averageInto(image, [left, top, right, bottom], data, to) {
  const count = (right - left) * (bottom - top);
  const share = Math.floor(2 ** 24 / count);
  let red = count >> 1;
  let green = red;
  let blue = red;
  for (let y = top; y < bottom; y += 1) {
    const end = (y * image.width + right) * 3;
    for (let at = (y * image.width + left) * 3; at < end; at += 3) {
      red += image.data[at];
      green += image.data[at + 1];
      blue += image.data[at + 2];
    }
  }
  data[to] = Math.imul(red, share) >>> 24;
  data[to + 1] = Math.imul(green, share) >>> 24;
  data[to + 2] = Math.imul(blue, share) >>> 24;
}

const triangle = (x) => Math.max(0, 1 - Math.abs(x));

// The bicubic filter with a = -0.5, as Pillow has it.
function cubic(x) {
  const far = Math.abs(x);
  if (far < 1) return (1.5 * far - 2.5) * far * far + 1;
  return far < 2 ? ((-0.5 * far + 2.5) * far - 4) * far + 2 : 0;
}

// For each new pixel: the first old one that counts, and how much it and the next ones count.
function weightsOf(old, start, end, size, filter, reach) {
  const scale = (end - start) / size;
  const wide = Math.max(scale, 1);
  const firsts = [];
  const weights = [];
  for (let at = 0; at < size; at += 1) {
    const middle = start + (at + 0.5) * scale;
    const first = Math.max(Math.trunc(middle - reach * wide + 0.5), 0);
    const last = Math.min(Math.trunc(middle + reach * wide + 0.5), old);
    const of = [];
    for (let x = first; x < last; x += 1) of.push(filter((x - middle + 0.5) / wide));
    const sum = of.reduce((total, one) => total + one, 0);
    firsts.push(first);
    weights.push(of.map((one) => (sum ? one / sum : one)));
  }
  return { size, firsts, weights };
}

function wholeWeights(old, start, end, size) {
  const found = weightsOf(old, start, end, size, triangle, 1);
  const whole = (one) => Math.trunc(one * 2 ** WEIGHT_BITS + 0.5);
  return { ...found, weights: found.weights.map((of) => Int32Array.from(of, whole)) };
}

// Change the width of a picture.
function stretched(image, { size, firsts, weights }) {
  const data = new Uint8Array(size * image.height * 3);
  for (let row = 0, to = 0; row < image.height; row += 1) {
    const start = row * image.width * 3;
    for (let column = 0; column < size; column += 1, to += 3) {
      let red = 2 ** (WEIGHT_BITS - 1);
      let green = red;
      let blue = red;
      const of = weights[column];
      for (let i = 0, at = start + firsts[column] * 3; i < of.length; i += 1, at += 3) {
        red += image.data[at] * of[i];
        green += image.data[at + 1] * of[i];
        blue += image.data[at + 2] * of[i];
      }
      data[to] = Math.min(red >> WEIGHT_BITS, 255);
      data[to + 1] = Math.min(green >> WEIGHT_BITS, 255);
      data[to + 2] = Math.min(blue >> WEIGHT_BITS, 255);
    }
  }
  return { width: size, height: image.height, data };
}

// Change the height of a picture.
function heightened(image, { size, firsts, weights }) {
  const across = image.width * 3;
  const data = new Uint8Array(across * size);
  const sums = new Int32Array(across);
  for (let row = 0; row < size; row += 1) {
    sums.fill(2 ** (WEIGHT_BITS - 1));
    weights[row].forEach((weight, i) => {
      const start = (firsts[row] + i) * across;
      for (let x = 0; x < across; x += 1) sums[x] += image.data[start + x] * weight;
    });
    const to = row * across;
    for (let x = 0; x < across; x += 1) data[to + x] = Math.min(sums[x] >> WEIGHT_BITS, 255);
  }
  return { width: image.width, height: size, data };
}
