// The live camera: frame after frame is judged as a photo of its size.
"use strict";

// A device that needs more seconds for a larger frame goes on with the smaller one.
const SLOWEST = 0.5;
const FRAMES_BEFORE_TRIAL = 5;
// Frames a second are counted over so many frames.
const COUNTED = 8;

// Show what the camera sees until it is stopped. `settings` gives threshold and layer, `told` hears
// a picture that is to be judged in full.
async function watchCamera(judge, settings, told) {
  const stream = await openCamera();
  const video = element("video", { srcObject: stream, muted: true, playsInline: true });
  const live = document.getElementById("live");
  let isOn = true;
  const stop = () => {
    isOn = false;
    stream.getTracks().forEach((track) => track.stop());
    live.hidden = true;
  };
  document.getElementById("stop").onclick = stop;
  document.getElementById("keep").onclick = () => {
    told(drawn(video, [video.videoWidth, video.videoHeight]));
  };
  addEventListener("pagehide", stop, { once: true });
  stream.getVideoTracks()[0].onended = stop;
  await video.play();
  live.hidden = false;
  const pace = paceOf();
  try {
    while (isOn) {
      const started = performance.now();
      const frame = drawn(video, frameSize(video, pace.pixels));
      const analysis = await judge(frame.image);
      pace.tick((performance.now() - started) / 1000);
      if (isOn) showFrame(frame.canvas, analysis, settings(), pace);
      await new Promise(requestAnimationFrame);
    }
  } finally {
    stop();
  }
}

async function openCamera() {
  if (!navigator.mediaDevices) {
    throw new Error(
      "A browser lets a page see the camera only where it comes by https or from this device. " +
        "Choose photos instead.",
    );
  }
  const wanted = { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } };
  try {
    return await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  } catch (error) {
    const isRefused = error.name === "NotAllowedError";
    throw new Error(
      isRefused
        ? "The browser must let this page see the camera, and it was refused. Allow it there."
        : "This page needs a camera, and none could be opened here. Choose photos instead.",
    );
  }
}

// Keep count of the frames, and find the size of frame that this device is fast enough for.
function paceOf() {
  const [small, large] = FACTS.photo.live;
  const times = [];
  const pace = {
    pixels: small,
    rate: 0,
    tick(seconds) {
      times.push(performance.now());
      if (times.length > COUNTED) times.shift();
      const passed = (times.at(-1) - times[0]) / 1000;
      pace.rate = passed ? (times.length - 1) / passed : 0;
      pace.frames += 1;
      if (pace.frames === FRAMES_BEFORE_TRIAL) pace.pixels = large;
      if (pace.frames === FRAMES_BEFORE_TRIAL + 1 && seconds > SLOWEST) pace.pixels = small;
    },
    frames: 0,
  };
  return pace;
}

function frameSize({ videoWidth: width, videoHeight: height }, pixels) {
  const times = Math.min(1, pixels / Math.max(width, height));
  return [width, height].map((n) => Math.max(1, Math.round(n * times)));
}

function showFrame(frame, analysis, { threshold, layer }, pace) {
  const verdict = decide(analysis, threshold);
  const words = document.getElementById("live-words");
  words.className = `verdict ${colourOfKind(verdict.kind)}`;
  words.textContent = headline(verdict);
  drawAnswer(document.getElementById("live-picture"), frame, analysis, verdict, layer);
  document.getElementById("live-why").textContent = reasons(verdict, analysis, threshold);
  document.getElementById("live-rate").textContent =
    `${frame.width} x ${frame.height} pixels, ${pace.rate.toFixed(1)} frames a second`;
}
