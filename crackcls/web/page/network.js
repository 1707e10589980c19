// The model in LiteRT's runtime for browsers, and what it sees of one look at a photo.
"use strict";

// Open the model. `makeRuntime` comes from the runtime's own script, `compiled` is its
// WebAssembly.Module. Gives a function from the bytes of one square to the named outputs.
async function openNetwork(makeRuntime, compiled, model) {
  const runtime = await makeRuntime({
    instantiateWasm(imports, done) {
      const started = WebAssembly.instantiate(compiled, imports);
      started.then((instance) => done(instance, compiled), thrown);
      return {};
    },
    print() {},
    printErr() {},
  });
  const environment = runtime.LiteRtEnvironment.create(null);
  const loaded = runtime.loadModel(environment, copyIn(runtime, model), model.length);
  const network = await runtime.compileModel(environment, loaded, {
    environment,
    accelerator: "wasm",
    cpuOptions: { numThreads: 1 },
    gpuOptions: {},
    webNNOptions: {},
  });
  const names = listOf(loaded.getSignature(0).outputNames());
  const input = inputFor(runtime, environment, loaded);
  return (square) => {
    fill(runtime, input, square);
    const outputs = network.run(0, [input]).map((one) => taken(runtime, one));
    return Object.fromEntries(outputs.map((values, i) => [names[i], values]));
  };
}

// Let the page hear of what the runtime would swallow.
function thrown(error) {
  setTimeout(() => {
    throw error;
  });
}

function copyIn(runtime, bytes) {
  const at = runtime._malloc(bytes.length);
  runtime.HEAPU8.set(bytes, at);
  return at;
}

function listOf(vector) {
  return Array.from({ length: vector.size() }, (_, i) => vector.get(i));
}

// Make room for one square: the model takes any number of them.
function inputFor(runtime, environment, loaded) {
  const side = FACTS.model.imageSize;
  const sides = new runtime.VectorInt32();
  for (const one of [1, side, side, 3]) sides.push_back(one);
  const type = loaded.getInputTensorType(0, 0);
  const layout = runtime.LiteRtLayout.create(sides);
  const shape = runtime.LiteRtRankedTensorType.create(type.elementType(), layout);
  const memory = runtime.LiteRtTensorBufferType.HOST_MEMORY;
  return runtime.LiteRtTensorBuffer.createManaged(environment, memory, shape, shape.bytes());
}

function fill(runtime, input, square) {
  const at = input.lock(runtime.LiteRtTensorBufferLockMode.WRITE);
  new Float32Array(runtime.HEAPU8.buffer, at, square.length).set(square);
  input.unlock();
}

function taken(runtime, output) {
  const at = output.lock(runtime.LiteRtTensorBufferLockMode.READ);
  const values = new Float32Array(runtime.HEAPU8.buffer, at, output.packedSize() / 4).slice();
  output.unlock();
  output.delete();
  return values;
}

// See one look: a square, or the whole and its pieces. `size` is that of the part of the photo.
function seenOf(run, known, bytes, size) {
  const { model } = FACTS;
  const square = model.imageSize ** 2 * 3;
  const outputs = [];
  for (let start = 0; start < bytes.length; start += square) {
    outputs.push(run(bytes.subarray(start, start + square)));
  }
  if (model.pieces) return seenInPieces(outputs, known, size);
  const [{ features, activation_map: map }] = outputs;
  const familiarity = familiarityOf(features, known.familiarity);
  const side = Math.sqrt(map.length / model.classes.length);
  return { scores: meansOf(map), familiarity, map: { columns: side, scores: map } };
}

// Of each feature the photo has the highest value of its looks: crackcls/network/pieces.py.
function seenInPieces(outputs, known, size) {
  const features = outputs[0].features.slice();
  for (const { features: others } of outputs) {
    others.forEach((one, i) => {
      features[i] = Math.max(features[i], one);
    });
  }
  const scores = headScores(features, known.head);
  const familiarity = familiarityOf(features, known.familiarity);
  const label = FACTS.model.label ?? scores.indexOf(Math.max(...scores));
  const map = joinedMap(outputs.slice(1), scores, label, piecesGrid(size));
  return { scores, familiarity, map };
}

// The last layer: a row of weights for each feature, and then the bias.
function headScores(features, head) {
  const count = FACTS.model.classes.length;
  const scores = Array.from(head.subarray(features.length * count));
  features.forEach((one, i) => {
    for (let of = 0; of < count; of += 1) scores[of] += one * head[i * count + of];
  });
  return scores;
}

// Put the maps of pieces side by side. The piece that looks most like the class gets the photo's
// scores; the others fall short of them as they do of that piece.
function joinedMap(outputs, scores, label, [columns, rows]) {
  const count = scores.length;
  const maps = outputs.map((one) => one.activation_map);
  const own = maps.map(meansOf);
  const lead = own.map((of) => of[label] - Math.max(...of.filter((_, i) => i !== label)));
  const best = own[lead.indexOf(Math.max(...lead))];
  const side = Math.sqrt(maps[0].length / count);
  const joined = new Float32Array(maps.length * maps[0].length);
  maps.forEach((map, piece) => {
    const [left, top] = [(piece % columns) * side, Math.floor(piece / columns) * side];
    map.forEach((one, i) => {
      const place = Math.floor(i / count);
      const [x, y] = [left + (place % side), top + Math.floor(place / side)];
      const of = i % count;
      joined[(y * columns * side + x) * count + of] = one + scores[of] - best[of];
    });
  });
  return { columns: columns * side, scores: joined };
}
