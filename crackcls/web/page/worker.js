// A worker: it cuts photos and looks at the cuts. The page starts several, and one of them cuts.
"use strict";

// Looks that are handed over together.
const BATCH = 4;
let run;
let known;

const tasks = {
  async start({ facts, compiled, model, familiarity, head }) {
    self.FACTS = facts;
    known = { familiarity, head };
    run = await openNetwork(ModuleFactory, compiled, model);
    postMessage({ kind: "ready" });
  },

  cut({ photo, image }) {
    const scales = scalesOf(withoutAlpha(image));
    const [places, grids] = ["places", "grid"].map((name) => scales.map((scale) => scale[name]));
    postMessage({ kind: "places", photo, places, grids });
    // The smallest tiles first, of which the larger ones are made.
    for (let scale = scales.length - 1; scale >= 0; scale -= 1) {
      handOver(photo, scales[scale].looks, places[scale], scale);
    }
    postMessage({ kind: "done", photo });
  },

  look({ photo, scale, first, looks, sizes }) {
    const seen = looks.map((bytes, i) => seenOf(run, known, bytes, sizes[i]));
    postMessage({ kind: "seen", photo, scale, first, seen });
  },
};

function handOver(photo, looks, places, scale) {
  const made = [];
  let first = 0;
  const send = () => {
    const sizes = made.map((_, i) => places[first + i].slice(2));
    const owned = made.map((bytes) => bytes.buffer);
    postMessage({ kind: "looks", photo, scale, first, looks: made, sizes }, owned);
    first += made.length;
    made.length = 0;
  };
  for (const bytes of looks) {
    made.push(bytes);
    if (made.length === BATCH) send();
  }
  if (made.length) send();
}

self.onmessage = async ({ data }) => {
  try {
    await tasks[data.task](data);
  } catch (error) {
    postMessage({ kind: "failed", photo: data.photo, why: String(error?.message ?? error) });
  }
};
