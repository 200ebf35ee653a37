// The citizen's page: the same figure as the office's, without sign-in, server or network.
import { expect, picture, test, yenOf } from "./office.js";

async function person(page, nth, { birth, salary, head }) {
  const fields = page.locator("fieldset").nth(nth - 1);
  await fields.getByLabel("生年月日").fill(birth);
  if (salary) await fields.getByLabel("給与収入（年）").fill(salary);
  if (head) await fields.getByLabel("世帯主").check();
}

async function estimate(page, office, municipality) {
  await page.goto(`${office.url}/estimate/?m=${municipality}&y=2026`);
  await expect(page.getByRole("heading", { name: "今年度の保険料はいくら？" })).toBeVisible();
}

async function izumisano(page) {
  await person(page, 1, { birth: "S56.4.2", salary: "450万" });
  await page.getByRole("button", { name: "人を追加する" }).click();
  await person(page, 2, { birth: "昭和60年4月2日" });
  await page.getByRole("button", { name: "人を追加する" }).click();
  await person(page, 3, { birth: "2011-04-02" });
}

test("泉佐野市's published household pays 645,854 yen on the citizen's page", async ({ page, osaka }, info) => {
  await estimate(page, osaka, "27213");
  await picture(page, info, "estimate-empty");
  await izumisano(page);
  await expect(page.getByTestId("total")).toHaveText("645,854円");
  await picture(page, info, "estimate");
});

test("新宿区's published person pays 190,859 yen in ten instalments", async ({ page, osaka }) => {
  await estimate(page, osaka, "13104");
  await person(page, 1, { birth: "2006-04-02", salary: "2,400,000" });
  await expect(page.getByTestId("total")).toHaveText("190,859円");
  const instalments = await page.getByTestId("instalment").allTextContents();
  expect(instalments.map(yenOf)).toEqual([19_139, ...Array(9).fill(19_080)]);
});

test("the page and the public API give the same amounts", async ({ page, osaka, request }) => {
  await estimate(page, osaka, "27100");
  await person(page, 1, { birth: "1960-05-05", salary: "3,210,987" });
  const shown = yenOf(await page.getByTestId("total").textContent());
  const members = [{ id: "A", birth_date: "1960-05-05", head: true, income: { salary_receipts: 3_210_987, salary_income: 2_165_600 } }];
  const answer = await request.post(`${osaka.url}/api/public/estimates`, {
    data: { as_of: { fiscal_year: 2026 }, municipality: "27100", inputs: { members } },
  });
  expect((await answer.json()).total).toBe(shown);
});

test("in English everything that is said is English and the figure is the same", async ({ page, osaka }, info) => {
  await estimate(page, osaka, "27213");
  await izumisano(page);
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.getByTestId("total")).toHaveText("¥645,854");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await picture(page, info, "estimate-en");
});

test("after the first visit the page works with the network cut, and nothing that was typed is ever sent", async ({ page, osaka, context }) => {
  const sent = [];
  page.on("request", (request) => sent.push(`${request.method()} ${request.url()}`));
  await estimate(page, osaka, "27213");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(async () => (await (await caches.open("kokuho-estimate")).keys()).length >= 4);
  await context.setOffline(true);
  await page.reload();
  await izumisano(page);
  await expect(page.getByTestId("total")).toHaveText("645,854円");
  const other = sent.filter((line) => !line.startsWith(`GET ${osaka.url}/estimate/`));
  expect(other).toEqual([]);
  expect(sent.every((line) => !line.includes("450") && !line.includes("1981"))).toBe(true);
});

test("a birth date that is missing or wrong is asked for, and no amount is shown", async ({ page, osaka }) => {
  await estimate(page, osaka, "27100");
  await expect(page.getByText("1人目の生年月日を入力すると")).toBeVisible();
  await page.getByLabel("生年月日").fill("S99.99.99");
  await expect(page.getByTestId("total")).toHaveCount(0);
  await expect(page.getByLabel("生年月日")).toHaveAttribute("aria-invalid", "true");
});

test("a lost job, a birth and joining late change the citizen's premium as the law says, month by month", async ({ page, osaka }, info) => {
  await estimate(page, osaka, "27100");
  await person(page, 1, { birth: "1981-04-02", salary: "500万" });
  await expect(page.getByTestId("total")).toHaveText("594,729円");
  const more = page.locator("fieldset").nth(0).locator("details.more");
  await more.locator("summary").click();
  await more.getByLabel("会社都合などで退職した日").fill("R8.3.31");
  await expect(page.getByTestId("total")).toHaveText("209,963円");
  await picture(page, info, "estimate-lost-job");
  await more.getByLabel("会社都合などで退職した日").fill("");
  await more.getByLabel("年度の途中で加入した日").fill("2026-10-15");
  await expect(page.getByTestId("total")).toHaveText("297,364円");
  await more.getByLabel("年度の途中で加入した日").fill("");
  await more.getByLabel("出産予定日（出産した日）").fill("2023-10-01");
  await expect(page.getByTestId("no-effect")).toContainText("2023-11-01より前の出産");
  await more.getByLabel("出産予定日（出産した日）").fill("2026-11-20");
  const free = yenOf(await page.getByTestId("total").textContent());
  expect(free).toBeLessThan(594_729);
  await expect(page.locator(".explanation")).toContainText("産前産後の免除");
});
