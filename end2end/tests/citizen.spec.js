// The citizen's page: the same figure as the office's, without sign-in, server or network.
import jsQR from "jsqr";
import { PNG } from "pngjs";
import { birth, days, estimate, expect, isNarrow, izumisano, person, salary, step, test } from "./citizen.js";
import { picture, yenOf } from "./office.js";

test("泉佐野市's published household pays 645,854 yen on the citizen's page", async ({ page, site }, info) => {
  await estimate(page, site, "27213");
  await picture(page, info, "estimate-empty");
  await izumisano(page);
  await expect(page.getByTestId("total")).toHaveText("645,854円");
  await picture(page, info, "estimate");
});

test("新宿区's published person pays 190,859 yen in ten instalments", async ({ page, site }) => {
  await estimate(page, site, "13104");
  await person(page, 1, "2006-04-02", "2,400,000");
  await expect(page.getByTestId("total")).toHaveText("190,859円");
  const instalments = await page.getByTestId("instalment").allTextContents();
  expect(instalments.map(yenOf)).toEqual([19_139, ...Array(9).fill(19_080)]);
});

test("the page and the public API give the same amounts", async ({ page, site, osaka, request }) => {
  await estimate(page, site, "27100");
  await person(page, 1, "1960-05-05", "3,210,987");
  await expect(page.getByTestId("total")).toBeAttached();
  const shown = yenOf(await page.getByTestId("total").textContent());
  const members = [{ id: "A", birth_date: "1960-05-05", head: true, income: { salary_receipts: 3_210_987, salary_income: 2_165_600 } }];
  const answer = await request.post(`${osaka.url}/api/public/estimates`, {
    data: { as_of: { fiscal_year: 2026 }, municipality: "27100", inputs: { members } },
  });
  expect((await answer.json()).total).toBe(shown);
});

test("in English everything that is said is English and the figure is the same", async ({ page, site }, info) => {
  await estimate(page, site, "27213");
  await izumisano(page);
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.getByTestId("total")).toHaveText("¥645,854");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await picture(page, info, "estimate-en");
  await birth(page, 1, "1981-02-31");
  await expect(page.getByText("Not a day")).toBeVisible();
  await birth(page, 1, "1981-04-02");
  await salary(page, 1, "12x");
  await expect(page.getByText("Not an amount")).toBeVisible();
});

test("after the first visit the page works with the network cut, and nothing that was typed is ever sent", async ({ page, site, context }) => {
  const sent = [];
  page.on("request", (request) => sent.push(`${request.method()} ${request.url()}`));
  await estimate(page, site, "27213");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(async () => (await (await caches.open("kokuho-estimate")).keys()).length >= 4);
  await context.setOffline(true);
  await page.reload();
  await izumisano(page);
  await expect(page.getByTestId("total")).toHaveText("645,854円");
  const other = sent.filter((line) => !line.startsWith(`GET ${site.url}`));
  expect(other).toEqual([]);
  expect(sent.every((line) => !line.includes("450") && !line.includes("1981"))).toBe(true);
});

test("a birth date that is missing or wrong is asked for, and no amount is shown", async ({ page, site }) => {
  await estimate(page, site, "27100");
  await step(page, "answer");
  await expect(page.getByText("1人目の生年月日を入力すると")).toBeVisible();
  await birth(page, 1, "S99.99.99");
  await expect(page.getByTestId("total")).toHaveCount(0);
  await expect(page.locator("#m1-birth")).toHaveAttribute("aria-invalid", "true");
});

test("a lost job, a birth and joining late change the citizen's premium as the law says, month by month", async ({ page, site }, info) => {
  await estimate(page, site, "27100");
  await person(page, 1, "1981-04-02", "500万");
  await expect(page.getByTestId("total")).toHaveText("594,729円");
  const more = await days(page, 1);
  await more.getByLabel(/会社の都合/).fill("R8.3.31");
  await expect(page.getByTestId("total")).toHaveText("209,963円");
  await picture(page, info, "estimate-lost-job");
  await more.getByLabel(/会社の都合/).fill("");
  await more.getByLabel("国民健康保険に入った日（入る日）").fill("2026-10-15");
  await expect(page.getByTestId("total")).toHaveText("297,364円");
  await more.getByLabel("国民健康保険に入った日（入る日）").fill("");
  await more.getByLabel("出産予定日（出産した日）").fill("2023-10-01");
  await expect(page.getByTestId("no-effect")).toContainText("2023-11-01より前の出産");
  await more.getByLabel("出産予定日（出産した日）").fill("2026-11-20");
  const free = yenOf(await page.getByTestId("total").textContent());
  expect(free).toBeLessThan(594_729);
  await expect(page.locator(".explanation")).toContainText("産前産後の免除");
});

test("kinds of income are netted as the law says: a loss of business lowers the salary, a loss of shares does not", async ({ page, site }, info) => {
  await estimate(page, site, "27100");
  await person(page, 1, "1981-04-02", "450万");
  await expect(page.getByTestId("total")).not.toHaveText("");
  const before = yenOf(await page.getByTestId("total").textContent());
  await step(page, "income");
  const member = page.locator(".step-income fieldset").nth(0);
  await member.getByLabel("その他の所得（事業など）").fill("▲100万");
  // 1,000,000 less income: 9.5, 3.06, 2.6 and 0.28 per cent of it.
  await expect(page.getByTestId("total")).toHaveText(`${(before - 154_400).toLocaleString("en")}円`);
  await member.getByLabel("その他の所得（事業など）").fill("");
  await member.locator("details.kinds summary").click();
  await member.getByLabel("上場株式等の譲渡").fill("-50万");
  await expect(page.getByTestId("total")).toHaveText(`${before.toLocaleString("en")}円`);
  await member.getByLabel("上場株式等の配当（申告分離）").fill("80万");
  await expect(page.getByTestId("total")).toHaveText(`${(before + 46_320).toLocaleString("en")}円`);
  await picture(page, info, "estimate-kinds");
});

test("what if: a job that is lost, a wedding and each age are compared with the premium as it is", async ({ page, site }, info) => {
  await estimate(page, site, "27100");
  await person(page, 1, "1981-04-02", "500万");
  const told = page.getByTestId("event-outcome");
  await step(page, "answer");
  await page.getByLabel("できごと").selectOption({ label: "転出した" });
  await page.getByLabel("いつ（この年度の中）").fill("R8.10.15");
  await expect(told).toContainText("594,729円 から 297,364円 になります（−297,365円）");
  await page.getByLabel("いつ（この年度の中）").fill("R9.10.15");
  await expect(told).toContainText("この年度（4月1日から翌年3月31日）の日付を入力してください");
  await page.getByLabel("できごと").selectOption({ label: "65歳になった" });
  await expect(told).toContainText("なる前の1年は 594,729円、なった後の1年は 494,667円（−100,062円）");
  await picture(page, info, "estimate-event");
});

test("what is saved on the device is there again, and gone when it is deleted", async ({ page, site }) => {
  await estimate(page, site, "27213");
  await izumisano(page);
  await step(page, "answer");
  await page.getByRole("button", { name: "この端末に保存" }).click();
  await expect(page.getByText("この端末に保存しました")).toBeVisible();
  await page.goto(`${site.url}`);
  await expect(page.getByTestId("again")).toBeVisible();
  await expect(page.getByTestId("total")).toHaveText("645,854円");
  await page.getByRole("button", { name: "保存を消す" }).click();
  await page.goto(`${site.url}?`);
  await expect(page.locator("#m1-birth")).toHaveValue("");
});

test("the QR code holds the whole estimate: a scanner reads it and the counter opens it again", async ({ page, site, context }, info) => {
  await estimate(page, site, "27213");
  await izumisano(page);
  await step(page, "answer");
  await page.getByRole("button", { name: "QRコード" }).click();
  const code = page.locator("#qr-picture").getByTestId("qr");
  await code.scrollIntoViewIfNeeded();
  const { data, width, height } = PNG.sync.read(await code.screenshot({ scale: "css" }));
  const read = jsQR(new Uint8ClampedArray(data), width, height);
  expect(read.data).toBe(`${site.url}#K1*27213*2026*R*B19810402/H/SA4500000*B19850402*B20110402*E3`);
  await picture(page, info, "estimate-qr");
  // On the counter's machine: as an address, and typed by a reader.
  const counter = await context.newPage();
  const asked = [];
  counter.on("request", (request) => asked.push(request.url()));
  await counter.goto(read.data);
  await expect(counter.getByTestId("total")).toHaveText("645,854円");
  expect(asked.some((url) => url.includes("1981"))).toBe(false);
  await counter.goto(`${site.url}?m=27100`);
  await step(counter, "answer");
  await counter.getByText("窓口の方へ").click();
  await counter.getByLabel("読み取った文字").fill(read.data.slice(0, -4));
  await counter.getByLabel("読み取った文字").press("Enter");
  await expect(counter.getByText("コードが途中で切れています")).toBeVisible();
  await counter.getByLabel("読み取った文字").fill(read.data);
  await counter.getByLabel("読み取った文字").press("Enter");
  await expect(counter.getByTestId("total")).toHaveText("645,854円");
  await expect(counter.getByTestId("town")).toHaveText("泉佐野市（大阪府）");
});

test("the usual household takes at most 12 fields and 25 taps", async ({ page, site }) => {
  let [fields, taps] = [0, 0];
  const tap = async (of) => { await of.click(); taps += 1; };
  const fill = async (of, text) => { await tap(of); await of.fill(text); fields += 1; };
  const next = async () => { if (isNarrow(page)) await tap(page.locator("#step-next")); };
  await page.goto(site.url);
  await tap(page.locator("#situation-insured"));
  fields += 1;
  await next();
  await fill(page.locator("#town-filter"), "泉佐野");
  await tap(page.getByRole("button", { name: "泉佐野市" }));
  await next();
  await tap(page.locator("#by-age"));
  await fill(page.locator("#m1-age"), "45");
  for (const [nth, age] of [[2, "41"], [3, "15"]]) {
    await tap(page.locator("#add-member"));
    await fill(page.locator(`#m${nth}-age`), age);
  }
  await next();
  await fill(page.locator("#m1-salary"), "450万");
  await next();
  await next();
  await expect(page.getByTestId("total")).toBeVisible();
  await expect(page.getByTestId("total")).toHaveText("645,854円");
  expect(fields).toBeLessThanOrEqual(12);
  expect(taps).toBeLessThanOrEqual(25);
});

test("the printed page says what was entered, what comes out and why", async ({ page, site }) => {
  await estimate(page, site, "27213");
  await izumisano(page);
  await page.evaluate(() => { window.print = () => { window.printed = true; }; });
  await step(page, "answer");
  await page.getByRole("button", { name: "印刷する" }).click();
  await page.waitForFunction(() => window.printed);
  await page.emulateMedia({ media: "print" });
  await expect(page.getByText("生年月日 昭和56年4月2日　給与収入（年） 4,500,000円　世帯主 ✓")).toBeVisible();
  await expect(page.getByTestId("total")).toBeVisible();
  await expect(page.locator("#m1-birth")).toBeHidden();
  // Where, which year and when stand first, then what was entered with its code, then the amount; no controls.
  const entered = page.getByTestId("entered");
  await expect(entered).toContainText("市区町村：泉佐野市（大阪府）");
  await expect(entered).toContainText("年度：令和8年度");
  await expect(entered).toContainText(/印刷した日：令和\d+年/);
  await expect(entered.getByTestId("qr")).toBeVisible();
  const [top, total] = [await entered.boundingBox(), await page.getByTestId("total").boundingBox()];
  expect(top.y).toBeLessThan(total.y);
  await expect(page.locator("button:visible")).toHaveCount(0);
  await expect(page.getByText("窓口で見せる")).toBeHidden();
});

test("in plain Japanese everything that is said is plain and the figure is the same", async ({ page, site }, info) => {
  await estimate(page, site, "27213");
  await izumisano(page);
  await page.getByRole("button", { name: "やさしい日本語" }).click();
  await expect(page.getByTestId("total")).toHaveText("645,854円");
  await step(page, "people");
  await expect(page.getByText("生まれた日").first()).toBeVisible();
  await expect(page.getByText("納期限")).toHaveCount(0);
  await picture(page, info, "estimate-easy");
});
