// 画面のロック: whoever leaves the screen leaves nothing of the office on it.
import { check } from "./axe.js";
import { addUser, codeOf, enter, expect, household, open, picture, signIn, test } from "./office.js";

/** Signs in with a clock that the test moves, and opens a household. */
async function atWork(page, osaka) {
  await page.clock.install();
  const login = await signIn(page, osaka);
  const { number, kana } = household(osaka, 0);
  await open(page, number, kana);
  return { login, kana, address: page.url() };
}

/** The sign-in form stands there, and nothing else. */
async function isLocked(page, osaka, kana) {
  await expect(page.getByText("画面をロックしました")).toBeVisible();
  await expect(page.getByLabel("パスワード")).toBeVisible();
  await expect(page.locator(".app-header, .household-header, table")).toHaveCount(0);
  expect(await page.content()).not.toContain(kana);
  await expect(page).toHaveTitle(/^サインイン/);
  // The session is over, not only out of sight.
  await expect.poll(async () => (await page.request.get(`${osaka.url}/api/session`)).status()).toBe(401);
}

test("a minute before the lock it is said, work goes on at a press, and without one the screen is emptied", async ({ page, osaka }, info) => {
  const { login, kana, address } = await atWork(page, osaka);
  const goOn = page.getByRole("button", { name: "操作を続ける" });
  await page.clock.fastForward("13:30");
  await expect(goOn).toBeHidden();
  await page.clock.fastForward("00:40");
  await expect(goOn).toBeVisible();
  await expect(page.getByRole("alert").filter({ hasText: "保存していない入力は失われます" })).toBeVisible();
  await check(page);
  await picture(page, info, "lock-warning");
  await goOn.click();
  await expect(goOn).toBeHidden();
  await page.clock.fastForward("13:30");
  await expect(page.getByTestId("preview-total")).toBeVisible();
  await page.clock.fastForward("00:40");
  await expect(goOn).toBeVisible();
  await page.clock.fastForward("01:00");
  await isLocked(page, osaka, kana);
  await check(page);
  await picture(page, info, "locked");
  await enter(page, login, codeOf(osaka, login, 1));
  await expect(page.getByTestId("preview-total")).toBeVisible();
  expect(page.url()).toBe(address);
});

test("a machine that slept locks when it wakes, and another person begins at the beginning", async ({ page, osaka }) => {
  const { kana } = await atWork(page, osaka);
  await page.clock.fastForward("08:00:00");
  await isLocked(page, osaka, kana);
  const other = addUser(osaka);
  await enter(page, other, codeOf(osaka, other));
  await expect(page.getByRole("heading", { name: "ホーム" })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe("/");
});

test("keys pressed in one page keep another page of the same browser open", async ({ page, osaka, context }) => {
  await atWork(page, osaka);
  const second = await context.newPage();
  await second.goto(`${osaka.url}/`);
  await expect(second.getByRole("heading", { name: "ホーム" })).toBeVisible();
  // All pages of a browser have one clock.
  await page.clock.fastForward("10:00");
  // Whoever types in a page has it before them.
  await page.bringToFront();
  const kept = (one) => one.evaluate(() => Number(localStorage.getItem("kokuho-active")));
  const before = await kept(second);
  await page.keyboard.press("Shift");
  await expect.poll(() => kept(second)).toBeGreaterThan(before + 500_000);
  await page.clock.fastForward("08:00");
  await expect(second.getByRole("heading", { name: "ホーム" })).toBeVisible();
  await expect(page.getByTestId("preview-total")).toBeVisible();
});
