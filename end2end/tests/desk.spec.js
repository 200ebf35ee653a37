// The desk: what a clerk's day stands on, whatever room the work is in.
import { decide, edit, expect, find, go, household, open, part, picture, section, signIn, test, waiting, yenOf } from "./office.js";
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
  await expect(page.locator("#queue-list")).toHaveText("有効な証がない加入者");
  await expect(page.locator("#queue-list")).toBeFocused();
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
  await section(page, "people");
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
  await edit(page);
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
  const papers = await part(page, "documents");
  await papers.getByRole("button", { name: "文書を発行" }).dblclick();
  const toast = page.getByTestId("toast");
  await expect(toast).toContainText("所得申告書");
  await expect(toast.getByRole("link")).toHaveAttribute("href", /\/api\/documents\/D2026-/);
  await expect(papers.getByTestId("issued").getByRole("link", { name: /^D2026-/ })).toHaveCount(1);
  await toast.getByRole("button", { name: "知らせを閉じる" }).click();
  await expect(toast).toHaveCount(0);
});

test("a decision is asked about before it is made, and a decided household opens as decided", async ({ page, osaka }, info) => {
  await signIn(page, osaka);
  const { number, kana } = household(osaka, 1);
  await open(page, number, kana);
  const total = await page.getByTestId("preview-total").innerText();
  await expect(page.getByTestId("state")).toHaveText("試算（未決定）");
  await section(page, "premium");
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
  await edit(page);
  await page.getByLabel("その他の所得").first().fill("9,000,000");
  await expect(page.getByTestId("state")).toHaveText("試算（決定と違います）");
});

test("who has no business in a room does not see it", async ({ page, osaka }) => {
  await signIn(page, osaka, { role: "auditor" });
  await go(page, "nav-audit");
  await expect(page.getByRole("heading", { name: "監査記録" })).toBeVisible();
  await expect(page.locator("#nav-eligibility, #nav-assessment, #nav-linkage, #top-search")).toHaveCount(0);
});

test("a work list is filtered, sorted and taken up together, Back shows it as it was, and the whole of it is saved as data", async ({ page, osaka }, info) => {
  await signIn(page, osaka);
  const list = await waiting(page, "PaperMissing");
  const whole = yenOf(await page.getByTestId("PaperMissing").locator(".home-count").innerText());
  expect(whole).toBeGreaterThan(50);
  await expect(list.getByRole("row")).toHaveCount(51);
  await list.getByRole("button", { name: "世帯番号" }).click();
  await list.getByRole("button", { name: "世帯番号" }).click();
  await list.getByRole("button", { name: "次の50件" }).click();
  await expect(page).toHaveURL(/kind=paper_missing.*sort=-2.*page=2/);
  const first = list.getByRole("row").nth(1);
  const shown = await first.getByRole("link").innerText();
  await check(page);
  await picture(page, info, "work-list");
  await first.getByRole("link").click();
  await expect(page.getByTestId("section-papers")).toBeVisible();
  await page.goBack();
  await expect(list.getByRole("row").nth(1).getByRole("link")).toHaveText(shown);
  const download = page.waitForEvent("download");
  await list.getByRole("button", { name: /CSVで保存/ }).click();
  const { readFileSync } = await import("node:fs");
  const lines = readFileSync(await (await download).path(), "utf8").trim().split("\r\n");
  expect(lines).toHaveLength(whole + 1);
  // Names keep their wide space, days are data.
  expect(lines[1]).toMatch(/^[^,]+　[^,]+,\d{4}-\d\d-\d\d,\d+,\d{4}-\d\d-\d\d,/);
  await list.getByRole("row").nth(1).getByRole("checkbox").check();
  await list.getByRole("row").nth(2).getByRole("checkbox").check();
  await expect(list).toContainText("2件を選択");
  await list.getByRole("button", { name: "選んだ件を担当する" }).click();
  await expect(list.getByRole("button", { name: /を担当をやめる$/ })).toHaveCount(2);
  await page.locator("#queue-owner").selectOption("mine");
  await expect(list.getByRole("row")).toHaveCount(3);
});

test("what is typed into any form asks before it is lost, and what was sent does not", async ({ page, osaka }) => {
  await signIn(page, osaka);
  const { number, kana } = household(osaka, 6);
  await open(page, number, kana);
  const inquiries = await part(page, "inquiries");
  await inquiries.getByLabel("照会の目的（記録されます）").fill("転入前の所得の確認");
  let asked = "";
  page.once("dialog", (dialog) => { asked = dialog.message(); return dialog.dismiss(); });
  await page.evaluate(() => document.querySelector("#nav-home").click());
  expect(asked).toContain("失われます");
  await expect(inquiries.getByLabel("照会の目的（記録されます）")).toHaveValue("転入前の所得の確認");
  // Another section of the same household would lose it too.
  asked = "";
  page.once("dialog", (dialog) => { asked = dialog.message(); return dialog.dismiss(); });
  await page.evaluate(() => document.querySelector("#section-premium").click());
  expect(asked).toContain("失われます");
  await expect(inquiries.getByLabel("照会の目的（記録されます）")).toHaveValue("転入前の所得の確認");
  await inquiries.getByLabel("照会の目的（記録されます）").fill("");
  await section(page, "premium");
});

test("who may not change incomes reads the same page and can always close what was tried", async ({ page, osaka }, info) => {
  await signIn(page, osaka, { role: "counter_clerk" });
  const { number, kana } = household(osaka, 7);
  await open(page, number, kana);
  const before = await page.getByTestId("preview-total").innerText();
  const panel = await edit(page);
  await expect(panel.getByRole("heading", { name: "試しに計算（保存されません）" })).toBeVisible();
  await panel.getByLabel("その他の所得").first().fill("9,000,000");
  await expect(page.getByTestId("preview-total")).not.toHaveText(before);
  await check(page);
  await picture(page, info, "try");
  await panel.getByRole("button", { name: "閉じる" }).click();
  await expect(panel).toHaveCount(0);
  await expect(page.getByTestId("preview-total")).toHaveText(before);
  await part(page, "notices");
  await expect(page.getByRole("button", { name: "届出を受け付ける" })).toBeVisible();
});

test("an income follows its receipts, and one that does not count says so", async ({ page, osaka }) => {
  await signIn(page, osaka);
  const { number, kana } = household(osaka, 8);
  await open(page, number, kana);
  const panel = await edit(page);
  const receipts = panel.getByLabel("給与収入").first();
  await receipts.fill("4,000,000");
  // 4,000,000 × 80 % − 440,000 (所得税法28条3項4号).
  await expect(panel.getByLabel("給与所得", { exact: true }).first()).toHaveValue("2,760,000");
  // Beside a pension 100,000 of both are counted once (租税特別措置法41条の3の11第2項), as long as nobody typed another income.
  await panel.getByLabel("年金収入").first().fill("2,000,000");
  await expect(panel.getByLabel("給与所得", { exact: true }).first()).toHaveValue("2,660,000");
  await panel.getByLabel("給与所得", { exact: true }).first().fill("2,600,000");
  await panel.getByLabel("年金収入").first().fill("0");
  await expect(panel.getByLabel("給与所得", { exact: true }).first()).toHaveValue("2,600,000");
  await panel.getByLabel("所得の申告").first().selectOption("unknown");
  await expect(panel.getByTestId("not-counted").first()).toContainText("保険料の計算に入りません");
  await panel.getByRole("button", { name: "「申告済」にする" }).click();
  await expect(panel.getByTestId("not-counted")).toHaveCount(0);
});

test("the total and what saves are in sight while any income is typed, and the page has keys", async ({ page, osaka }, info) => {
  await signIn(page, osaka);
  const { number, kana } = household(osaka, 9);
  await open(page, number, kana);
  await page.keyboard.press("e");
  const panel = page.getByTestId("edit-panel");
  for (const tab of await panel.locator(".person-tab").all()) {
    await tab.click();
    for (const label of ["給与収入", "年金収入", "その他の所得", "合計所得"]) {
      await panel.getByLabel(label, { exact: true }).and(page.locator(":visible")).focus();
      await expect(page.getByTestId("live")).toBeInViewport();
      await expect(page.getByRole("button", { name: "異動を保存" })).toBeInViewport();
    }
  }
  await page.getByRole("button", { name: /^やめる/ }).click();
  await page.keyboard.press("n");
  await expect(page.locator("#notice-event")).toBeFocused();
  await picture(page, info, "notification");
});

/** The digits of a slip's barcode with their check digit (GS1, modulus 10, weight 3). */
function barcode(slip) {
  const digits = `9191234501${slip}00002606300050000`;
  const sum = [...digits].reverse().reduce((all, digit, place) => all + Number(digit) * (place % 2 ? 1 : 3), 0);
  return digits + ((10 - (sum % 10)) % 10);
}

test("a scanned slip opens its household to read, and nothing is changed before a second key; a slip is issued again by four keys", async ({ page, osaka }, info) => {
  await signIn(page, osaka);
  const { number, kana, birth } = household(osaka, 10);
  await open(page, number, kana);
  await decide(page);
  await expect(page.getByTestId("decided-total")).toBeVisible();
  await page.getByRole("button", { name: /^決定通知書を発行/ }).click();
  await expect(page.getByTestId("letter")).toBeVisible();
  await page.keyboard.press("4");
  const slips = page.getByTestId("slips");
  await expect(slips.getByRole("button", { name: /を再発行$/ }).first()).toBeVisible();
  const slip = await slips.getByRole("link").first().innerText();
  await page.keyboard.press("r");
  await expect(page.locator("#slip-again")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("toast").filter({ hasText: "再発行しました" })).toBeVisible();
  await check(page);
  await picture(page, info, "slips");
  await section(page, "papers");
  await expect(page.getByTestId("issued").getByRole("row", { name: new RegExp(slip) })).toContainText("差替え済み");
  await picture(page, info, "issued");
  await go(page, "nav-home");
  await expect(page.getByRole("region", { name: "最近開いた世帯" })).toContainText(number);
  await page.locator("#top-search").fill(barcode(slip));
  await page.locator("#top-search").press("Enter");
  await expect(page.getByTestId("unsure")).toBeVisible();
  await check(page);
  await section(page, "papers");
  await page.getByRole("button", { name: "文書を発行" }).click();
  await expect(page.getByTestId("problem")).toContainText("読み取りだけで開いた世帯");
  await page.locator("#second-key").fill("1900-01-01");
  await page.locator("#second-key").press("Enter");
  await expect(page.getByTestId("unsure")).toContainText("一致しません");
  await page.locator("#second-key").fill(birth);
  await page.locator("#second-key").press("Enter");
  await expect(page.getByTestId("unsure")).toHaveCount(0);
  await page.getByRole("button", { name: "文書を発行" }).click();
  await expect(page.getByTestId("toast").filter({ hasText: "所得申告書" })).toBeVisible();
});
