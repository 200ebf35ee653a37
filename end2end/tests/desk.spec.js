// The desk: what a clerk's day stands on, whatever room the work is in.
import { decide, expect, find, go, household, open, picture, signIn, test } from "./office.js";
import { check } from "./axe.js";

test("the home shows what waits, each figure leads to its list, and showing it looks at nobody", async ({ page, osaka }, info) => {
  await signIn(page, osaka);
  await expect(page.getByRole("heading", { level: 1, name: "ホーム" })).toBeVisible();
  const card = page.getByRole("region", { name: "わたしの仕事・要処理" });
  const line = card.getByRole("link", { name: "有効な証がない加入者" });
  await expect(line).toBeVisible();
  await check(page);
  await picture(page, info, "home");
  await line.click();
  await expect(page.getByTestId("PaperMissing")).toHaveAttribute("open", "");
  await expect(page.locator("#queue-PaperMissing")).toBeFocused();
});

test("one line finds people by keys side by side, and going back shows them again", async ({ page, osaka }) => {
  await signIn(page, osaka);
  const { number, kana, birth } = household(osaka, 2);
  await find(page, number, birth);
  await expect(page.locator("#found-0")).toBeVisible();
  await expect(page.locator("#key-number")).toHaveValue(number);
  expect(page.url()).not.toContain(number);
  await page.locator("#found-0").click();
  await expect(page.getByTestId("preview-total")).toBeVisible();
  await page.goBack();
  await expect(page.locator("#found-0")).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(page.locator("#top-search")).toBeFocused();
  await page.keyboard.type(`${kana} ${birth}`);
  await page.keyboard.press("Enter");
  await expect(page.locator("#found-0")).toBeFocused();
});

test("after Back the year that is chosen is the year of the figures", async ({ page, osaka }) => {
  await signIn(page, osaka);
  const { number, kana } = household(osaka, 3);
  await open(page, number, kana);
  const years = await page.locator("#fiscal-year option").evaluateAll((all) => all.map((each) => each.value));
  expect(years.length).toBeGreaterThan(1);
  const first = await page.locator("#fiscal-year").inputValue();
  const other = years.find((year) => year !== first);
  await page.locator("#fiscal-year").selectOption(other);
  await expect(page).toHaveURL(new RegExp(`fiscal_year=${other}`));
  await expect(page.getByRole("heading", { name: `令和${other - 2019}年中の所得` })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { name: `令和${first - 2019}年中の所得` })).toBeVisible();
  await expect(page.locator("#fiscal-year")).toHaveValue(first);
});

test("Back asks before it loses what was typed, and whoever stays has everything", async ({ page, osaka }) => {
  await signIn(page, osaka);
  const { number, kana } = household(osaka, 4);
  await open(page, number, kana);
  const address = page.url();
  const income = page.getByLabel("その他の所得").first();
  await income.fill("1234567");
  let asked = "";
  page.once("dialog", (dialog) => { asked = dialog.message(); return dialog.dismiss(); });
  await page.evaluate(() => history.back());
  await expect.poll(() => asked).toContain("失われます");
  await expect(income).toHaveValue(/^1,?234,?567$/);
  expect(page.url()).toBe(address);
  page.once("dialog", (dialog) => dialog.accept());
  await page.evaluate(() => history.back());
  await expect(page.locator("#found-0")).toBeVisible();
});

test("a double click issues one paper, and it is opened from where it was said", async ({ page, osaka }) => {
  await signIn(page, osaka);
  const { number, kana } = household(osaka, 5);
  await open(page, number, kana);
  const papers = page.getByTestId("documents");
  await papers.locator("summary").first().click();
  await papers.getByRole("button", { name: "文書を発行" }).dblclick();
  const toast = page.getByTestId("toast");
  await expect(toast).toContainText("所得申告書");
  await expect(toast.getByRole("link")).toHaveAttribute("href", /\/api\/documents\/D2026-/);
  await expect(papers.getByRole("link", { name: /^D2026-/ })).toHaveCount(1);
  await toast.getByRole("button", { name: "知らせを閉じる" }).click();
  await expect(toast).toHaveCount(0);
});

test("a decision is asked about before it is made, and a decided household opens as decided", async ({ page, osaka }, info) => {
  await signIn(page, osaka);
  const { number, kana } = household(osaka, 1);
  await open(page, number, kana);
  const total = await page.getByTestId("preview-total").innerText();
  await expect(page.getByTestId("state")).toHaveText("試算（未決定）");
  await page.keyboard.press("Alt+Enter");
  await expect(page.getByTestId("question")).toContainText(`${total} で決定し、調定します。`);
  await check(page);
  await picture(page, info, "question");
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("question")).toHaveCount(0);
  await expect(page.getByText("この年度の決定はまだありません").first()).toBeVisible();
  await decide(page);
  await expect(page.getByTestId("decided-total")).toHaveText(total);
  await page.reload();
  await expect(page.getByTestId("state")).toHaveText("決定済");
  await expect(page.getByTestId("preview-total")).toHaveText(total);
  await page.getByLabel("その他の所得").first().fill("9,000,000");
  await expect(page.getByTestId("state")).toHaveText("試算（決定と違います）");
});

test("who has no business in a room does not see it", async ({ page, osaka }) => {
  await signIn(page, osaka, { role: "auditor" });
  await go(page, "nav-audit");
  await expect(page.getByRole("heading", { name: "監査記録" })).toBeVisible();
  await expect(page.locator("#nav-eligibility, #nav-assessment, #nav-linkage, #top-search")).toHaveCount(0);
});
