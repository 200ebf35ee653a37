// The citizen's page a step at a time: what is asked, what is said, and that nothing wrong is shown as right.
import AxeBuilder from "@axe-core/playwright";
import { addPerson, birth, days, estimate, expect, isNarrow, izumisano, person, salary, step, test } from "./citizen.js";
import { picture } from "./office.js";

const total = (page) => page.getByTestId("total");

test("on a telephone each step is asked for itself, said as a number, and the browser's Back loses nothing", async ({ page, site }, info) => {
  // A wide screen shows all steps at once.
  await page.setViewportSize({ width: 375, height: 812 });
  await page.goto(site.url);
  const heading = (id) => page.locator(`#${id}-heading`);
  const next = page.locator("#step-next");
  await expect(heading("situation")).toContainText("1／6");
  await expect(heading("town")).toBeHidden();
  await next.click();
  await expect(page.locator("#problems")).toBeFocused();
  await expect(page.locator("#problems")).toContainText("当てはまるものを1つ選んでください");
  await page.locator("#situation-joining").check();
  await next.click();
  await expect(heading("town")).toBeFocused();
  await expect(heading("town")).toContainText("2／6");
  await next.click();
  await expect(page.locator("#town-filter-error")).toContainText("選んでください");
  await page.locator("#town-filter").fill("izumisano");
  await page.locator("#town-filter").press("Enter");
  await expect(page.getByTestId("town")).toHaveText("泉佐野市（大阪府）");
  await next.click();
  await expect(heading("people")).toBeFocused();
  await next.click();
  await page.getByRole("button", { name: "1人目：生年月日を入力してください" }).click();
  await expect(page.locator("#m1-birth")).toBeFocused();
  await page.locator("#m1-calendar").selectOption("昭和");
  await page.locator("#m1-birth").fill("56");
  await page.locator("#m1-month").fill("4");
  await page.locator("#m1-day").fill("2");
  await page.locator("#m1-day").press("Enter");
  await expect(heading("income")).toBeFocused();
  await page.locator("#m1-salary").fill("450万");
  await page.goBack();
  await expect(page.locator("main")).toHaveAttribute("data-step", "people");
  await expect(page.locator("#m1-month")).toHaveValue("4");
  await page.goForward();
  await expect(page.locator("#m1-salary")).toHaveValue("4,500,000");
  await next.click();
  await next.click();
  await expect(heading("result")).toBeFocused();
  await expect(total(page)).toBeVisible();
  await page.locator("#step-back").click();
  await expect(page.locator("main")).toHaveAttribute("data-step", "days");
  await picture(page, info, "step-days");
});

test("while something is typed the total and the true payments are in sight", async ({ page, site }, info) => {
  await estimate(page, site, "13104");
  await person(page, 1, "2006-04-02", "2,400,000");
  const shown = isNarrow(page) ? page.getByTestId("bar") : total(page);
  await expect(shown).toBeInViewport();
  await expect(shown).toContainText("190,859円");
  if (isNarrow(page)) await expect(shown).toHaveText("年 190,859円 ・ 1回目 19,139円、あと 19,080円×9");
  await expect(page.getByTestId("payments")).toHaveText("1回目 19,139円、あと 19,080円×9");
  await expect(page.getByTestId("told")).toContainText("190,859円");
  await picture(page, info, "bar");
});

test("an amount of before is never shown as if it were that of a field that cannot be read", async ({ page, site }) => {
  await estimate(page, site, "27100");
  await person(page, 1, "1981-04-02", "500万");
  await expect(total(page)).toHaveText("594,729円");
  await page.locator("#m1-salary").fill("abc");
  await expect(total(page)).toHaveCount(0);
  await expect(page.getByTestId("stale")).toContainText("読めない項目があります");
  if (isNarrow(page)) await expect(page.getByTestId("bar")).toContainText("前の金額");
  await salary(page, 1, "500万");
  await expect(total(page)).toHaveText("594,729円");
  const more = await days(page, 1);
  await more.getByLabel("国民健康保険に入った日（入る日）").fill("きのう");
  await expect(total(page)).toHaveCount(0);
});

test("whoever is 75 is told of the insurance of the elderly, not of 0 yen", async ({ page, site }) => {
  await estimate(page, site, "27100");
  await birth(page, 1, "1940-05-05");
  await expect(page.getByText("後期高齢者医療に入っています").first()).toBeVisible();
  await step(page, "answer");
  await expect(page.getByTestId("elderly")).toBeVisible();
  await expect(total(page)).toHaveCount(0);
  await birth(page, 1, "1951-10-10");
  await step(page, "answer");
  await expect(page.getByTestId("elder")).toContainText("令和8年10月10日に75歳になり");
  await expect(total(page)).toBeVisible();
});

test("days that cannot be are said at their field and never by a name of the program", async ({ page, site }) => {
  await estimate(page, site, "27100");
  await birth(page, 1, "2031-01-01");
  await expect(page.locator("#m1-birth-error")).toContainText("選んだ年度の終わり（3月31日）より後です");
  await birth(page, 1, "1981-04-02");
  const more = await days(page, 1);
  await more.getByLabel("国民健康保険に入った日（入る日）").fill("R8.10.1");
  await more.getByLabel("国民健康保険をやめた日（資格喪失日）").fill("R8.5.1");
  await expect(page.locator("#m1-lost-error")).toContainText("入った日より前です");
  await expect(page.locator("main")).not.toContainText("members[");
});

test("the municipality is asked, found by typing, and never assumed", async ({ page, site }) => {
  await page.goto(site.url);
  await expect(page.getByTestId("town")).toHaveCount(0);
  await birth(page, 1, "1981-04-02");
  await expect(total(page)).toHaveCount(0);
  await step(page, "town");
  await page.locator("#town-filter").fill("新宿");
  await expect(page.locator(".town")).toHaveCount(1);
  await page.locator(".town").click();
  await expect(page.locator("#town-change")).toBeFocused();
  await page.locator("#town-change").click();
  await expect(page.locator("#town-filter")).toBeFocused();
});

test("an event of a life says why it changes the premium, or why it does not", async ({ page, site }) => {
  await estimate(page, site, "27100");
  await person(page, 1, "1981-04-02", "500万");
  await step(page, "answer");
  const told = page.getByTestId("event-outcome");
  await page.locator("#event").selectOption({ label: "自分の都合で退職した" });
  await page.locator("#event-day").fill("R8.10.15");
  await expect(told).toContainText("もう国民健康保険に加入しているので");
  await page.locator("#event").selectOption({ label: "子が生まれた" });
  await expect(told).toContainText("産前産後の4か月分");
});

test("in English no Japanese is left in any step, and nothing of the tables is hidden", async ({ page, site }, info) => {
  await estimate(page, site, "27213", "&lang=en");
  await izumisano(page);
  await step(page, "answer");
  await page.locator("#event").selectOption("4");
  await page.locator("#event-day").fill("2026-10-15");
  await expect(page.getByTestId("event-outcome")).toContainText("(-¥");
  await page.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
  for (const name of ["situation", "town", "people", "income", "days", "answer"]) {
    await step(page, name);
    const text = await page.locator("main").evaluate((main) => [...main.querySelectorAll(":scope *:not(:has(*))")]
      .filter((each) => each.checkVisibility()).map((each) => each.textContent)
      .filter((words) => /[\u3040-\u30ff\u4e00-\u9fff]/.test(words)));
    expect(text, name).toEqual([]);
  }
  const cut = await page.locator(".table-scroll, .chart").evaluateAll((all) => all.map((each) => each.scrollWidth - each.clientWidth));
  expect(Math.max(...cut)).toBeLessThanOrEqual(0);
  await picture(page, info, "answer-en");
});

test("removing a person leaves the focus in the form", async ({ page, site }) => {
  await estimate(page, site, "27100");
  await addPerson(page, 2, "1985-04-02");
  await page.locator("#m2-remove").click();
  await expect(page.locator("#add-member")).toBeFocused();
});

test("in forced colours the chosen language is seen, and a box keeps its size", async ({ page, site }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await estimate(page, site, "27100");
  const colour = (name) => page.getByRole("button", { name, exact: true }).evaluate((button) => getComputedStyle(button).backgroundColor);
  expect(await colour("日本語")).not.toBe(await colour("English"));
  await step(page, "people");
  const box = await page.locator("#m1-insured").boundingBox();
  expect([Math.round(box.width), Math.round(box.height)]).toEqual([20, 20]);
});

for (const lang of ["ja", "en", "easy"]) {
  test(`every step is free of faults of accessibility, best practices too, in ${lang}`, async ({ page, site }, info) => {
    await page.goto(`${site.url}?lang=${lang}`);
    for (const name of ["situation", "town", "people", "income", "days", "answer"]) {
      await step(page, name);
      if (name === "situation") await page.locator("#situation-joining").check();
      if (name === "town") await page.locator("#town-filter").fill("27213").then(() => page.locator(".town").click());
      if (name === "people") await birth(page, 1, "1981-04-02");
      if (name === "income") await salary(page, 1, "450万");
      if (name !== "answer") await page.evaluate(() => document.querySelectorAll("form details").forEach((details) => { details.open = true; }));
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(" ")}`), name).toEqual([]);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(wider).toBeLessThanOrEqual(0);
      await picture(page, info, `step-${name}-${lang}`);
    }
  });
}
