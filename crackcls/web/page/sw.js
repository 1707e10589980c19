// Keeps the page on the device, so that it opens without a network. files.js has the names of all
// files and a version, which differs for each export.
"use strict";

importScripts("files.js", "judge.js");

const PREFIX = `crackcls ${registration.scope} `;
const NAME = PREFIX + FILES.version;

// A page that is open may go on with parts of an earlier export; it tells them by their build.
self.addEventListener("install", (event) => event.waitUntil(keep().then(() => skipWaiting())));

self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET") event.respondWith(answer(event.request));
});

// Of the two runtimes only the one that this browser takes is kept.
async function keep() {
  const left = ["runtime", "runtime_compat"].filter((name) => name !== runtimePart());
  const names = FILES.names.filter((name) => !left.some((one) => name === `parts/${one}.js`));
  const cache = await caches.open(NAME);
  await cache.addAll(["./", ...names].map((name) => new Request(name, { cache: "no-cache" })));
}

// Drop what earlier exports kept, and answer for pages that are open already.
async function takeOver() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

async function answer(request) {
  const cache = await caches.open(NAME);
  const kept = await cache.match(request, { ignoreSearch: request.mode === "navigate" });
  return kept ?? fetch(request);
}
