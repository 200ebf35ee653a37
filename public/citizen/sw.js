// Keeps the page and its files, so that the estimate works without a network.
// The page names its files with their hashes: what the page names is what is kept.
"use strict";

const CACHE = "kokuho-estimate";

async function filesOf(html) {
  const names = [...html.matchAll(/(?:href|src)="([^"]+)"|from\s*'([^']+)'|module_or_path:\s*'([^']+)'/g)];
  const own = new URL("./", self.location).href;
  const urls = names
    .map((name) => new URL(name[1] || name[2] || name[3], own).href)
    .filter((url) => url.startsWith(own) && url !== own);
  return [...new Set(urls)];
}

async function keep() {
  const cache = await caches.open(CACHE);
  const page = await fetch("./", { cache: "no-cache" });
  if (!page.ok) {
    throw new Error("the page cannot be fetched");
  }
  const files = await filesOf(await page.clone().text());
  await cache.addAll(files);
  await cache.put("./", page);
  const wanted = new Set([new URL("./", self.location).href, ...files]);
  for (const request of await cache.keys()) {
    if (!wanted.has(request.url)) {
      await cache.delete(request);
    }
  }
}

self.addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") {
    return;
  }
  const page = event.request.mode === "navigate";
  event.respondWith((async () => {
    const cache = await caches.open(CACHE);
    const kept = await cache.match(page ? "./" : event.request, { ignoreSearch: page });
    if (page) {
      // A newer page is fetched for the next visit; this one starts at once.
      event.waitUntil(keep().catch(() => undefined));
    }
    return kept || fetch(event.request);
  })());
});
