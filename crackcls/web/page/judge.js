// The page's side of judging: it opens the parts, starts the workers and shares out the work.
"use strict";

// More of them take more memory than a phone may give to one page.
const MOST_WORKERS = 4;
// A module of one function that uses an instruction of relaxed SIMD. Where a browser takes it, the
// model computes as the app's does, to the bit; else in the version for older browsers.
const RELAXED = [
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1],
  ...[253, 15, 65, 2, 253, 15, 253, 128, 2, 11],
];

// Say that a browser is too old, rather than fail in it.
function checkBrowser() {
  if (!self.WebAssembly || !self.DecompressionStream || !self.Worker) {
    throw new Error("This page needs a newer browser, one of 2023 or later. Update this one.");
  }
}

// Tell which of the runtime's files this browser takes.
function runtimePart() {
  return WebAssembly.validate(new Uint8Array(RELAXED)) ? "runtime" : "runtime_compat";
}

// Load a part of the page: a script, since a page from a file may fetch nothing else.
function loadPart(name) {
  return new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = `parts/${name}.js`;
    script.onload = () => {
      script.remove();
      const { build, content } = self.PARTS[name];
      delete self.PARTS[name];
      if (build === FACTS.build) done(content);
      else failed(new Error("This page has been renewed meanwhile. Load it again."));
    };
    script.onerror = () => failed(new Error(`'${script.src}' is missing.`));
    document.head.append(script);
  });
}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

async function unpacked(base64) {
  const packed = new Blob([bytesOf(base64)]).stream();
  const whole = packed.pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(whole).arrayBuffer());
}

async function numbersOf(base64) {
  return new Float32Array((await unpacked(base64)).buffer);
}

// Open the model in as many workers as there are cores. Gives a function that looks at a photo.
async function openJudge() {
  checkBrowser();
  const names = [runtimePart(), "model", "worker"];
  const [runtime, model, source] = await Promise.all(names.map(loadPart));
  const script = new TextDecoder().decode(await unpacked(runtime.script));
  const start = {
    task: "start",
    facts: FACTS,
    compiled: await WebAssembly.compile(await unpacked(runtime.wasm)),
    model: await unpacked(model.network),
    familiarity: await numbersOf(model.familiarity),
    head: model.head && (await numbersOf(model.head)),
  };
  const whole = new Blob([script, "\n", source], { type: "text/javascript" });
  const address = URL.createObjectURL(whole);
  const count = Math.min(navigator.hardwareConcurrency || 2, MOST_WORKERS);
  const workers = Array.from({ length: count }, () => new Worker(address));
  await Promise.all(workers.map((worker) => asked(worker, start, "ready")));
  let last = Promise.resolve();
  let photos = 0;
  return (image, tell = () => {}) => {
    photos += 1;
    const photo = photos;
    last = last.catch(() => {}).then(() => looked(workers, photo, image, tell));
    return last;
  };
}

// Ask a worker for something, and wait for the answer.
function asked(worker, question, kind) {
  return new Promise((done, failed) => {
    worker.onerror = (event) => failed(new Error(event.message || "A worker did not start."));
    worker.onmessage = ({ data }) => {
      if (data.kind === "failed") failed(new Error(data.why));
      if (data.kind === kind) done(data);
    };
    worker.postMessage(question);
  });
}

// Let the workers look at a photo; `tell` hears which share of it is done. Gives the analysis.
function looked(workers, photo, image, tell) {
  const size = [image.width, image.height];
  const idle = workers.slice(1);
  const waiting = [];
  let scales = [];
  let left = 0;
  return new Promise((done, failed) => {
    const heard = {
      failed: ({ why }) => failed(new Error(why)),
      places({ places, grids }) {
        scales = places.map((one, i) => {
          return { places: one, grid: grids[i], seen: new Array(one.length) };
        });
        left = places.flat().length;
      },
      looks(batch) {
        waiting.push({ ...batch, task: "look" });
        shareOut(waiting, idle);
      },
      done(_, worker) {
        idle.push(worker);
        shareOut(waiting, idle);
      },
      seen({ scale, first, seen }, worker) {
        seen.forEach((one, i) => {
          scales[scale].seen[first + i] = one;
        });
        left -= seen.length;
        tell(1 - left / scales.flatMap((one) => one.places).length);
        if (left === 0) done(analysisOf(size, scales.map((one) => closed(one, size))));
        heard.done(null, worker);
      },
    };
    for (const worker of workers) {
      // After a photo that failed, what is still said of it is not heard.
      worker.onmessage = ({ data }) => data.photo === photo && heard[data.kind](data, worker);
      worker.onerror = (event) => failed(new Error(event.message || "A worker stopped."));
    }
    workers[0].postMessage({ task: "cut", photo, image }, [image.data.buffer]);
  });
}

function shareOut(waiting, idle) {
  while (waiting.length && idle.length) {
    const batch = waiting.shift();
    idle.pop().postMessage(batch, batch.looks.map((bytes) => bytes.buffer));
  }
}
