// The same random households in the browser and natively: every byte of every answer.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test, expect } from "@playwright/test";
import { ROOT } from "./office.js";
import { serve } from "./static.js";

const NATIVE = join(ROOT, "target/debug/kokuho-identity");
const asked = Number(process.env.KOKUHO_CASES ?? 0);
const COUNT = asked || (process.env.KOKUHO_LONG ? 100_000 : 20_000);
const BATCH = 5_000;

test(`${COUNT} households have the same bytes in the browser and natively`, async ({ page }) => {
  test.setTimeout(30 * 60_000);
  const site = await serve(join(ROOT, "dist/identity"));
  await page.goto(site.url);
  await page.waitForFunction(() => globalThis.wasmBindings !== undefined);
  const met = {};
  for (let from = 0; from < COUNT; from += BATCH) {
    const count = Math.min(BATCH, COUNT - from);
    const native = JSON.parse(execFileSync(NATIVE, [String(from), String(count)], { encoding: "utf8" }));
    const inBrowser = await page.evaluate(([first, many]) => globalThis.wasmBindings.digest(first, many), [from, count]);
    expect(inBrowser, `households ${from} to ${from + count - 1}`).toBe(native.digest);
    Object.entries(native.branches).forEach(([name, times]) => { met[name] = (met[name] ?? 0) + times; });
  }
  await site.close();
  const lines = Object.entries(met).map(([name, times]) => `${String(times).padStart(8)}  ${name}`);
  console.log(lines.join("\n"));
  expect(met.refused ?? 0).toBe(0);
  // Every branch comes up in one of a hundred households at least.
  const rare = Object.entries(met).filter(([, times]) => times < COUNT / 100);
  expect(rare).toEqual([]);
});
