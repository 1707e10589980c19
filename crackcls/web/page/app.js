// The page: what it asks for, and what it shows.
"use strict";

const at = (id) => document.getElementById(id);
const answers = [];
let opened;

// Open the model once, when it is first needed; what failed is tried anew.
function judge(image, tell) {
  opened ??= openJudge().catch((error) => {
    opened = undefined;
    throw error;
  });
  return opened.then((look) => look(image, tell));
}

function settings() {
  const layer = document.querySelector("input[name=layer]:checked").value;
  const hasSlider = FACTS.model.label !== null;
  return { layer, threshold: hasSlider ? Number(at("threshold").value) : FACTS.rule.THRESHOLD };
}

function say(text) {
  at("state").textContent = text;
}

// Judge photos one after another; each answer stands above the earlier ones.
async function judgeAll(photos) {
  const { most } = FACTS.photo;
  if (photos.length > most) {
    const rule = `At most ${most} photos are judged at once, and these are ${photos.length}.`;
    fail(`${rule} The first ${most} are taken.`);
  }
  for (const [number, { name, read }] of photos.slice(0, most).entries()) {
    const of = photos.length > 1 ? ` photo ${number + 1} of ${Math.min(photos.length, most)}` : "";
    say(`Opening${of} …`);
    try {
      const photo = await read();
      const tell = (share) => say(`Looking${of}: ${Math.floor(share * 100)}%`);
      add(answerOn(name, photo, await judge(photo.image, tell)));
    } catch (error) {
      fail(`${name}: ${error.message}`);
    }
  }
  say("");
}

function add(answer) {
  answers.push(answer);
  answer.show(settings());
  at("answers").prepend(answer.whole);
  at("controls").hidden = false;
  at("answers").scrollIntoView({ block: "nearest" });
}

function fail(text) {
  const said = element("p", { className: "error" }, text);
  said.setAttribute("role", "alert");
  at("answers").prepend(said);
}

function forget() {
  answers.length = 0;
  at("answers").replaceChildren();
}

function listen() {
  at("files").onchange = ({ target }) => {
    const files = [...target.files];
    const photos = files.map((file) => ({ name: file.name, read: () => readPhoto(file) }));
    forget();
    judgeAll(photos);
    target.value = "";
  };
  at("camera").onclick = async ({ target }) => {
    target.disabled = true;
    try {
      forget();
      at("controls").hidden = false;
      await watchCamera(judge, settings, (taken) => {
        const photo = { image: taken.image, preview: smaller(taken.canvas), said: "" };
        judgeAll([{ name: "Camera", read: () => photo }]);
      });
    } catch (error) {
      fail(error.message);
    }
    target.disabled = false;
  };
  const showAll = () => answers.forEach((answer) => answer.show(settings()));
  at("controls").onchange = showAll;
  at("threshold").oninput = () => {
    at("vote").textContent = wholePercent(Number(at("threshold").value));
    showAll();
  };
}

function offerExamples() {
  FACTS.examples.forEach((name, number) => {
    const picture = element("img", { src: `examples/${number}.jpg`, alt: "" });
    const button = element("button", { type: "button" }, picture, name);
    button.onclick = () => {
      forget();
      judgeAll([{ name, read: () => exampleOf(number) }]);
    };
    at("examples").append(button);
  });
}

const drawings = new Map();

async function exampleOf(number) {
  if (!drawings.has(number)) drawings.set(number, bytesOf(await loadPart(`example_${number}`)));
  return readPhoto(new Blob([drawings.get(number)], { type: "image/jpeg" }));
}

function describe() {
  const { model, figures, about, rule } = FACTS;
  document.title = at("title").textContent = FACTS.title;
  at("lead").textContent = model.isCrack
    ? "Take a photo of bare concrete, straight on, or tap one of these drawings."
    : "Take a photo, or tap one of these drawings of concrete.";
  at("threshold").value = rule.THRESHOLD;
  at("vote").textContent = wholePercent(rule.THRESHOLD);
  at("sensitivity").hidden = model.label === null;
  at("about").textContent = `Model '${model.name}', from images of ${about.data}. ${about.how}`;
  at("promise").textContent = FACTS.promise;
  if (!figures) {
    at("tested").textContent = "This model has not been tested.";
    return;
  }
  for (const { label, value, counted } of figures.rows) {
    const figure = element("dd", {}, element("strong", {}, value), counted);
    at("figures").append(element("div", {}, element("dt", {}, label), figure));
  }
  at("tested").textContent =
    `Tested on ${grouped(figures.images)} images that it was not trained on. ${figures.caution}`;
}

// Keep the page for when there is no network; a page from a file is there anyway.
function keepOffline() {
  if (!location.protocol.startsWith("http")) return;
  document.head.append(element("link", { rel: "manifest", href: "manifest.webmanifest" }));
  navigator.serviceWorker?.register("sw.js", { updateViaCache: "none" });
}

describe();
offerExamples();
listen();
keepOffline();
