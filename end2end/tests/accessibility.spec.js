// WCAG 2.2 A and AA on every route, at both widths and in every language.
import { check } from "./axe.js";
import { birth, salary, step } from "./citizen.js";
import { edit, expect, open, picture, section, signIn, test, go, find } from "./office.js";

async function firstHead(office) {
  const { readFileSync } = await import("node:fs");
  const text = new TextDecoder("shift_jis").decode(readFileSync(`${office.folder}/residents.csv`));
  const row = text.trim().split(/\r?\n/).slice(1).map((line) => line.split(",")).find((cells) => cells[2] === "1");
  return { number: row[1], kana: row[5].split(/[ 　]/)[0] };
}

test("sign-in", async ({ page, osaka }, info) => {
  await page.goto(`${osaka.url}/`);
  await expect(page.getByLabel("利用者名")).toBeVisible();
  await check(page);
  await picture(page, info, "sign-in");
});

test("search, its results and the list of keys", async ({ page, osaka }, info) => {
  await signIn(page, osaka);
  await check(page);
  const { number, kana } = await firstHead(osaka);
  await find(page, number, kana);
  await expect(page.locator("#found-0")).toBeVisible();
  await check(page);
  await picture(page, info, "search");
  await page.locator("#user-menu").click();
  await check(page);
  await page.getByRole("button", { name: /キー操作/ }).click();
  await expect(page.locator("#keys-heading")).toBeVisible();
  await check(page);
  await picture(page, info, "keys");
});

test("import", async ({ page, osaka }) => {
  await signIn(page, osaka);
  await go(page, "nav-imports");
  await expect(page.getByRole("region", { name: "これまでの取込" })).toBeVisible();
  await check(page);
});

test("household, each section with everything opened, and the panel", async ({ page, osaka }, info) => {
  await signIn(page, osaka);
  const { number, kana } = await firstHead(osaka);
  await open(page, number, kana);
  for (const key of ["overview", "people", "premium", "collection", "inquiries", "papers", "history", "notification"]) {
    await section(page, key);
    await check(page);
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
    await check(page);
    await picture(page, info, `household-${key}`);
  }
  await edit(page);
  await page.evaluate(() => document.querySelectorAll(".edit-panel details").forEach((details) => { details.open = true; }));
  await check(page);
  await picture(page, info, "edit-panel");
});

test("a household that is not there", async ({ page, osaka }) => {
  await signIn(page, osaka);
  await page.goto(`${osaka.url}/households/999999999`);
  await expect(page.getByTestId("problem")).toBeVisible();
  await check(page);
});

test("a page that is not there", async ({ page, osaka }) => {
  await signIn(page, osaka);
  await page.goto(`${osaka.url}/nowhere`);
  await expect(page.locator("h1")).toBeVisible();
  await check(page);
});

for (const lang of ["ja", "en", "easy"]) {
  test(`the citizen's page in ${lang}`, async ({ page, osaka }) => {
    await page.goto(`${osaka.url}/estimate/?m=27100&lang=${lang}`);
    await check(page);
    await birth(page, 1, "1980-01-01");
    await salary(page, 1, "4000000");
    await page.evaluate(() => document.querySelectorAll("form details").forEach((details) => { details.open = true; }));
    await expect(page.locator("#m1-special-adjustment")).toBeVisible();
    await check(page);
    await step(page, "answer");
    await expect(page.getByTestId("total")).toBeVisible();
    await page.locator("#qr").click();
    await expect(page.locator("#qr-picture").getByTestId("qr")).toBeVisible();
    await page.locator("#event").selectOption("5");
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
    await check(page);
  });
}
