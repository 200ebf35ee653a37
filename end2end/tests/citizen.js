// The citizen's page from its built folder, without an office, at either width.
import { join } from "node:path";
import { ROOT, expect, test as base } from "./office.js";
import { serve } from "./static.js";

export const test = base.extend({
  site: [
    async ({}, use) => {
      const site = await serve(join(ROOT, "dist/citizen"));
      await use(site);
      await site.close();
    },
    { scope: "worker" },
  ],
});

/** Whether a step at a time is shown. */
export const isNarrow = (page) => page.viewportSize().width < 960;

/** Goes to a step where one at a time is shown. */
export async function step(page, name) {
  if (!isNarrow(page)) return;
  await page.evaluate((hash) => { location.hash = hash; }, name);
  await expect(page.locator("main")).toHaveAttribute("data-step", name);
}

export async function estimate(page, site, municipality, more = "") {
  await page.goto(`${site.url}?m=${municipality}&y=2026${more}`);
  await expect(page.locator("h1")).toBeVisible();
}

/** People are numbered as they were added. */
export async function birth(page, nth, day) {
  await step(page, "people");
  await page.locator(`#m${nth}-birth`).fill(day);
  await page.locator(`#m${nth}-birth`).press("Tab");
}

export async function salary(page, nth, amount) {
  await step(page, "income");
  await page.locator(`#m${nth}-salary`).fill(amount);
}

export async function person(page, nth, day, amount) {
  await birth(page, nth, day);
  if (amount) await salary(page, nth, amount);
}

export async function addPerson(page, nth, day) {
  await step(page, "people");
  await page.locator("#add-member").click();
  await birth(page, nth, day);
}

/** The published household of three: 645,854 yen. */
export async function izumisano(page) {
  await person(page, 1, "S56.4.2", "450万");
  await addPerson(page, 2, "昭和60年4月2日");
  await addPerson(page, 3, "2011-04-02");
}

/** Opens the folded days of a person. */
export async function days(page, nth) {
  await step(page, "days");
  const fields = page.locator(".step-days fieldset").nth(nth - 1);
  await fields.locator("details.more summary").click();
  return fields;
}

export { expect };
