// Photo files, and frames of the camera, as pixels.
"use strict";

// Read a photo file. Gives its pixels for the judge, a small picture to show, and what to say where
// it was shrunk.
async function readPhoto(file) {
  const { mostBytes } = FACTS.photo;
  if (file.size === 0) {
    throw new Error("A photo must have content, and this file has 0 bytes. Choose another.");
  }
  if (file.size > mostBytes) {
    const rule = `A photo may have at most ${grouped(mostBytes)} bytes (${mostBytes / 2 ** 20} MB)`;
    throw new Error(`${rule}, and this file has ${grouped(file.size)}. Save it smaller.`);
  }
  const address = URL.createObjectURL(file);
  try {
    return photoOf(await decoded(address));
  } finally {
    URL.revokeObjectURL(address);
  }
}

function decoded(address) {
  const image = new Image();
  return new Promise((done, failed) => {
    image.onload = () => done(image);
    image.onerror = () =>
      failed(new Error("This browser cannot open that file as a photo. Save it as JPEG."));
    image.src = address;
  });
}

function photoOf(image) {
  const { naturalWidth: width, naturalHeight: height } = image;
  const { mostPixels, mostDecoded } = FACTS.photo;
  const millions = (pixels) => grouped(Math.round(pixels / 1e6));
  if (width * height > mostPixels) {
    const rule = `A photo may have at most ${millions(mostPixels)} megapixels`;
    throw new Error(`${rule}, and this one has ${millions(width * height)}. Shrink it.`);
  }
  const times = Math.min(1, Math.sqrt(mostDecoded / (width * height)));
  const size = [width, height].map((n) => Math.max(1, Math.floor(n * times)));
  const said =
    times < 1
      ? `The photo has ${millions(width * height)} megapixels, and this page looks at ` +
        `${millions(mostDecoded)} of them: fine lines may not show.`
      : "";
  const { canvas, image: pixels } = drawn(image, size);
  return { image: pixels, preview: smaller(canvas), said };
}

// Draw a picture on white, as the app does with what is transparent.
function drawn(picture, [width, height]) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  return { canvas, image: { width, height, data } };
}

// Keep a picture to show, at most so large as the app's.
function smaller(canvas) {
  const long = Math.max(canvas.width, canvas.height);
  const times = Math.min(1, FACTS.photo.preview / long);
  if (times === 1) return canvas;
  const small = document.createElement("canvas");
  small.width = Math.max(1, Math.round(canvas.width * times));
  small.height = Math.max(1, Math.round(canvas.height * times));
  const context = small.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(canvas, 0, 0, small.width, small.height);
  return small;
}
