// Measures the pages in Chromium and prints one line of JSON.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "@playwright/test";
import { serve } from "./tests/static.js";

const ROOT = resolve(import.meta.dirname ?? "end2end", "..");
const times = Number(process.argv[2]);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const result = { ...(await preview()), ...(await citizen()) };
await browser.close();
console.log(JSON.stringify(result));

/** The same call as natively, so many times; the best of five rounds. */
async function preview() {
  const site = await serve(join(ROOT, "dist/identity"));
  const page = await browser.newPage();
  await page.goto(site.url);
  await page.waitForFunction(() => globalThis.wasmBindings !== undefined);
  const best = await page.evaluate((count) => {
    globalThis.wasmBindings.preview(count);
    const rounds = [1, 2, 3, 4, 5].map(() => {
      const started = performance.now();
      globalThis.wasmBindings.preview(count);
      return performance.now() - started;
    });
    return Math.min(...rounds);
  }, times);
  await page.close();
  await site.close();
  return { preview_ns: (best * 1e6) / times, preview_ms: best / times };
}

/** The citizen's page: keystrokes, a repeated visit, and a slow network. */
async function citizen() {
  const folder = mkdtempSync(join(tmpdir(), "kokuho-bench-"));
  const server = spawn(join(ROOT, "target/debug/kokuho"), ["serve", "--public-only", "--listen", "127.0.0.1:0", "--dist", join(ROOT, "dist")], {
    cwd: folder, stdio: ["ignore", "pipe", "ignore"],
  });
  const url = await new Promise((found) => createInterface({ input: server.stdout }).once("line", found));
  const usable_ms = await slow(url);
  const figures = { usable_ms, ...(await typing(url)) };
  server.kill();
  rmSync(folder, { recursive: true, force: true });
  return figures;
}

/** Lighthouse's "slow 4G": 150 ms round trip, 1.6 Mbit/s, a processor four times as slow. */
async function slow(url) {
  const context = await browser.newContext({ serviceWorkers: "block" });
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  await client.send("Network.enable");
  const throughput = (1.6 * 1024 * 1024) / 8;
  await client.send("Network.emulateNetworkConditions", { offline: false, latency: 150, downloadThroughput: throughput, uploadThroughput: throughput });
  await client.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const started = Date.now();
  await page.goto(`${url}/estimate/?m=27100`);
  await page.locator("#m1-birth").fill("1980-01-01");
  const passed = Date.now() - started;
  await context.close();
  return passed;
}

async function typing(url) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${url}/estimate/?m=27100`);
  await page.evaluate(() => navigator.serviceWorker.ready);
  let again_bytes = 0;
  const client = await context.newCDPSession(page);
  await client.send("Network.enable");
  client.on("Network.loadingFinished", (event) => { again_bytes += event.encodedDataLength; });
  await page.goto(`${url}/estimate/?m=27100&again`);
  await page.locator("#m1-birth").fill("1980-01-01");
  for (let more = 0; more < 5; more += 1) {
    await page.locator("#add-member").click();
    await page.locator(`#m${more + 2}-birth`).fill(`20${10 + more}-05-05`);
  }
  await page.locator("#m1-salary").focus();
  await page.evaluate(() => {
    globalThis.waits = [];
    let typedAt = 0;
    document.addEventListener("input", () => { typedAt = performance.now(); }, { capture: true });
    new MutationObserver(() => {
      if (typedAt) { globalThis.waits.push(performance.now() - typedAt); typedAt = 0; }
    }).observe(document.querySelector("[data-testid=total]").closest("section"), { subtree: true, childList: true, characterData: true });
  });
  for (let round = 0; round < 12; round += 1) {
    await page.keyboard.type("4567890", { delay: 20 });
    await page.keyboard.press("Control+A");
  }
  const waits = (await page.evaluate(() => globalThis.waits)).sort((a, b) => a - b);
  await context.close();
  if (waits.length < 20) throw new Error(`only ${waits.length} keystrokes were seen`);
  return { again_bytes, keystroke_ms: waits[Math.floor(waits.length * 0.95)] };
}
