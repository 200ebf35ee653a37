// What a first and a repeated visit load, as sent: brotli.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./office.js";
import { ROOT } from "./office.js";

const KB = 1000;
const LIMITS = { citizen: 280 * KB, clerk: 900 * KB };

for (const [page, limit] of Object.entries(LIMITS)) {
  test(`the ${page} page loads at most ${limit / KB} KB`, () => {
    const folder = join(ROOT, "dist", page);
    const sent = readdirSync(folder).filter((name) => name.endsWith(".br"));
    const bytes = sent.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    console.log(`${page}: ${bytes} bytes`);
    expect(sent.length).toBeGreaterThanOrEqual(3);
    expect(bytes).toBeLessThanOrEqual(limit);
  });
}

test("a repeated visit loads at most 20 KB", async ({ page, osaka }) => {
  await page.goto(`${osaka.url}/estimate/`);
  await expect(page.locator("h1")).toBeVisible();
  let bytes = 0;
  const client = await page.context().newCDPSession(page);
  await client.send("Network.enable");
  client.on("Network.loadingFinished", (event) => { bytes += event.encodedDataLength; });
  await page.goto(`${osaka.url}/estimate/?again`);
  await expect(page.locator("h1")).toBeVisible();
  expect(bytes).toBeLessThanOrEqual(20 * KB);
});
