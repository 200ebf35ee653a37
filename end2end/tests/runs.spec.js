// The yearly run from the screen: decided, booked, told and printed, with every sum the same.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { check } from "./axe.js";
import { edit, expect, flow, picture, release, begin, section, signIn, test, yenOf, go, signOut } from "./office.js";

const KINDS = ["residents", "incomes", "eligibility"];

function bringIn(office) {
  for (const kind of KINDS) office.kokuho(["import", kind, join(office.folder, `${kind}.csv`)]);
}

/** The figure of a term in the result. */
function figure(page, heading, term) {
  const section = page.getByRole("region", { name: heading });
  return section.locator("dl > div").filter({ has: page.getByText(term, { exact: true }) }).locator("dd");
}

test("flow_2_11 決定通知: a city is run, its letters are made and printed, and every sum agrees", async ({ page, empty }, info) => {
  bringIn(empty);
  await signIn(page, empty);
  await go(page, "nav-runs");
  await expect(page.getByText("まだ何も処理していません")).toBeVisible();
  await check(page);
  await begin(page, "年次賦課を始める");
  const decided = page.getByRole("region", { name: "決定と調定" });
  await expect(decided.getByTestId("agreement")).toContainText("一致しています");
  const total = yenOf(await figure(page, "決定と調定", "決定額の合計").innerText());
  expect(total).toBeGreaterThan(1_000_000);
  expect(yenOf(await figure(page, "決定と調定", "調定額の合計").innerText())).toBe(total);
  await expect(page.getByRole("region", { name: "年間保険料の分布" })).toBeVisible();
  await check(page);
  await expect(page.getByText("発送の承認が済むと作成できます")).toBeVisible();
  await page.getByRole("button", { name: "発送前の点検を始める" }).click();
  const review = page.getByRole("region", { name: "発送前の点検と承認" });
  await expect(review.getByTestId("agreement")).toContainText("すべての決定で同じ額");
  await expect(review.getByTestId("own-run")).toContainText("始めた本人は承認できません");
  const listed = review.getByTestId("unknown_income");
  await listed.locator("summary").click();
  await expect(listed.getByRole("row").nth(1)).toContainText("所得が分からない人");
  await check(page);
  const address = page.url();
  await signOut(page);
  await signIn(page, empty);
  await page.goto(address);
  await page.getByRole("button", { name: "発送を承認する" }).click();
  await expect(page.locator("#release-note-error")).toContainText("確かめた内容を入力してください");
  await page.getByLabel("確かめた内容").fill("未申告の世帯は所得申告書を送付済み");
  await check(page);
  await flow(page, info, "flow_2_11_review");
  await page.getByRole("button", { name: "発送を承認する" }).click();
  await expect(page.getByTestId("released")).toContainText("未申告の世帯は所得申告書を送付済み");
  await page.getByRole("button", { name: "通知書・納付書を作成する" }).click();
  const letters = page.getByRole("region", { name: "通知書・納付書" });
  await expect(letters.getByTestId("agreement")).toContainText("一致しています");
  expect(yenOf(await figure(page, "通知書・納付書", "納付書の合計").innerText())).toBe(total);
  const link = page.locator('a[href$="/batches/1"]');
  const pdf = await page.request.get(new URL(await link.getAttribute("href"), empty.url).href);
  expect((await pdf.body()).subarray(0, 4).toString()).toBe("%PDF");
  await page.getByRole("button", { name: "印刷単位 1 を印刷済みにする" }).click();
  await expect(page.getByTestId("printed").first()).toContainText("1回");
  await check(page);
  await picture(page, info, "run");
  await page.getByRole("link", { name: "これまでの処理へ" }).click();
  await expect(page.getByRole("region", { name: "これまでの処理" }).getByRole("row")).toHaveCount(4);
  await check(page);
  await picture(page, info, "runs");
});

test("flow_2_03 所得申告書: everybody whose income is not known is asked at once, and the letters are printed", async ({ page, empty }, info) => {
  bringIn(empty);
  await signIn(page, empty);
  await page.goto(`${empty.url}/assessment/runs`);
  await begin(page, "所得申告書を一括で発行");
  await release(page, empty);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("所得申告書の一括発行");
  const sent = page.locator("dl > div").filter({ has: page.getByText("所得申告書", { exact: true }) }).locator("dd");
  await expect(sent).toContainText(/[1-9][0-9]*通/);
  const link = page.locator('a[href$="/batches/1"]');
  const pdf = await page.request.get(new URL(await link.getAttribute("href"), empty.url).href);
  expect((await pdf.body()).subarray(0, 4).toString()).toBe("%PDF");
  await check(page);
  await picture(page, info, "income-reports");
});

test("flow_2_11 月次賦課: who changed after the year was decided is decided again, and nobody else", async ({ page, empty }, info) => {
  bringIn(empty);
  await signIn(page, empty);
  await page.goto(`${empty.url}/assessment/runs`);
  await begin(page, "月次賦課を始める");
  await expect(page.getByTestId("run-problem")).toContainText("年次賦課がまだ完了していません");
  const run = empty.kokuho(["yearly", "--fiscal-year", "2026"]);
  await page.goto(`${empty.url}/assessment/runs/${run}`);
  const decided = page.getByRole("region", { name: "決定と調定" });
  await expect(decided.getByTestId("agreement")).toContainText("一致しています");
  await page.goto(`${empty.url}/households/1000?fiscal_year=2026`);
  const before = yenOf(await page.getByTestId("preview-total").textContent());
  await edit(page);
  await page.getByLabel("その他の所得").first().fill("2500000");
  await page.getByLabel("異動の理由").fill("所得の更正");
  await page.getByRole("button", { name: /^異動を保存/ }).click();
  await expect(page.getByText("異動を保存しました")).toBeVisible();
  const after = yenOf(await page.getByTestId("preview-total").textContent());
  expect(after).not.toBe(before);
  await page.goto(`${empty.url}/assessment/runs`);
  await begin(page, "月次賦課を始める");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("月次賦課");
  await expect(decided.getByTestId("agreement")).toContainText("一致しています");
  expect(yenOf(await figure(page, "決定と調定", "決定額の合計").innerText())).toBe(after);
  expect(yenOf(await figure(page, "決定と調定", "置き換えた額").innerText())).toBe(before);
  await expect(page.getByRole("region", { name: "前年度の決定との差の分布" })).toHaveCount(0);
  await check(page);
  await picture(page, info, "monthly");
});

test("flow_2_11 仮算定: a city asks in April on last year's premium, and the letters say of what it is a share", async ({ page, nagoya }, info) => {
  bringIn(nagoya);
  await signIn(page, nagoya);
  await go(page, "nav-runs");
  await page.getByLabel("年度").selectOption("2025");
  await expect(page.locator("#start-provisional")).toHaveCount(0);
  await begin(page, "年次賦課を始める");
  const decided = page.getByRole("region", { name: "決定と調定" });
  await expect(decided.getByTestId("agreement")).toContainText("一致しています");
  const whole = yenOf(await figure(page, "決定と調定", "決定額の合計").innerText());
  await page.goto(`${nagoya.url}/assessment/runs`);
  await page.getByLabel("年度").selectOption("2026");
  await check(page);
  await begin(page, "仮算定を始める（最初の2期）");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("仮算定");
  await expect(decided.getByTestId("agreement")).toContainText("一致しています");
  const asked = yenOf(await figure(page, "決定と調定", "決定額の合計").innerText());
  expect(asked).toBeLessThanOrEqual(whole / 6);
  expect(asked).toBeGreaterThan(whole / 10);
  await check(page);
  await flow(page.getByRole("main"), info, "flow_2_provisional");
  await page.getByRole("button", { name: "発送前の点検を始める" }).click();
  await expect(page.getByRole("region", { name: "発送前の点検と承認" }).getByTestId("agreement")).toContainText("すべての決定で同じ額");
  await page.goto(`${nagoya.url}/households/1000/premium?fiscal_year=2026`);
  await expect(page.getByTestId("difference").first()).toContainText("仮算定で");
  await expect(page.getByRole("region", { name: "決定の履歴" })).toContainText("（仮算定）");
  await picture(page, info, "provisional");
});

test("a list is saved as it stands, and that is on record", async ({ page, empty }) => {
  bringIn(empty);
  await signIn(page, empty);
  const run = empty.kokuho(["yearly", "--fiscal-year", "2026"]);
  await page.goto(`${empty.url}/assessment/runs/${run}`);
  await expect(page.getByTestId("agreement")).toContainText("一致しています");
  await page.goto(`${empty.url}/assessment/runs`);
  const arrived = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSVで保存：これまでの処理" }).click();
  const file = await arrived;
  expect(file.suggestedFilename()).toBe("これまでの処理.csv");
  const lines = readFileSync(await file.path(), "utf8").split("\r\n");
  expect(lines[0]).toBe("\ufeff処理,年度,状態,済んだ世帯,除いた世帯,始めた時刻,始めた人");
  expect(lines[1]).toContain(`年次賦課 ${run},令和8年度,完了,60 / 60,`);
  await signOut(page);
  await signIn(page, empty, { role: "auditor" });
  await page.goto(`${empty.url}/admin/audit`);
  await expect(page.getByRole("region", { name: "監査記録の一覧" })).toContainText("一覧の保存");
});

test("what a decision booked stands in the household's ledger", async ({ page, empty }, info) => {
  bringIn(empty);
  await signIn(page, empty);
  const run = empty.kokuho(["yearly", "--fiscal-year", "2026"]);
  await page.goto(`${empty.url}/assessment/runs/${run}`);
  await expect(page.getByTestId("agreement")).toContainText("一致しています");
  await page.goto(`${empty.url}/households/1000?fiscal_year=2026`);
  await section(page, "collection");
  const ledger = page.getByTestId("ledger");
  await expect(ledger.getByTestId("journal")).toHaveCount(1);
  await expect(ledger.getByTestId("journal")).toContainText("当初調定");
  const preview = yenOf(await page.getByTestId("preview-total").innerText());
  const [levied] = (await ledger.getByTestId("ledger-total").innerText()).split("　").slice(0, 1);
  expect(yenOf(levied)).toBe(preview);
  await check(page);
  await picture(page, info, "ledger");
});

test("a run that is over cannot be stopped", async ({ page, empty }) => {
  bringIn(empty);
  await signIn(page, empty);
  const run = empty.kokuho(["yearly", "--fiscal-year", "2026"]);
  await page.goto(`${empty.url}/assessment/runs/${run}`);
  await expect(page.getByTestId("agreement")).toContainText("一致しています");
  const own = { headers: { "x-kokuho": "1", origin: empty.url } };
  const answer = await page.request.post(`${empty.url}/api/jobs/${run}/cancel`, own);
  expect(answer.status()).toBe(409);
  expect((await answer.json()).message).toContain("完了");
});

test("who may only look sees the runs and starts none", async ({ page, empty }) => {
  bringIn(empty);
  await signIn(page, empty, { role: "assessment_officer" });
  await go(page, "nav-runs");
  await expect(page.getByRole("heading", { name: "年次賦課（本算定）" })).toBeVisible();
  await expect(page.getByRole("button", { name: "年次賦課を始める" })).toHaveCount(0);
});

test("a household under 支援措置 carries a band and no address until a reason is given", async ({ page, empty }, info) => {
  bringIn(empty);
  await signIn(page, empty);
  await page.goto(`${empty.url}/households/1000?fiscal_year=2026`);
  await expect(page.getByTestId("preview-total")).toBeVisible();
  const place = (await page.locator(".case-facts p").nth(1).innerText()).split(" ").pop();
  await section(page, "people");
  await page.getByText("支援措置の登録・終了").click();
  await page.getByLabel("理由・根拠").fill("住基の通知");
  await page.getByRole("button", { name: "登録・延長する" }).click();
  await expect(page.getByTestId("protection-band")).toBeVisible();
  expect(await page.locator("body").innerText()).not.toContain(place);
  await check(page);
  await page.getByRole("button", { name: "住所を表示する" }).click();
  await expect(page.getByText("理由を入力してください")).toBeVisible();
  await page.getByLabel("住所を表示・文書を発行する理由（記録されます）").fill("本人からの電話");
  await page.getByRole("button", { name: "住所を表示する" }).click();
  await expect(page.getByTestId("revealed")).toContainText(place);
  await picture(page, info, "protected");
});

test("other rates are tried over the whole city, and a rate is found for a required sum", async ({ page, empty }, info) => {
  bringIn(empty);
  await signIn(page, empty);
  const run = empty.kokuho(["yearly", "--fiscal-year", "2026"]);
  await page.goto(`${empty.url}/assessment/runs/${run}`);
  await expect(page.getByTestId("agreement")).toContainText("一致しています");
  await page.goto(`${empty.url}/assessment/runs`);
  await go(page, "nav-whatif");
  await expect(page.getByRole("heading", { name: "料率の試算", exact: true })).toBeVisible();
  await check(page);
  const medical = page.getByRole("group", { name: "医療分" });
  await medical.getByLabel("均等割（円）").fill("多い");
  await page.getByRole("button", { name: "全世帯で試算する" }).click();
  await expect(page.getByTestId("whatif-problem")).toContainText("医療分の均等割");
  await medical.getByLabel("均等割（円）").fill("40000");
  await page.getByRole("button", { name: "全世帯で試算する" }).click();
  await expect(page.getByRole("region", { name: "世帯ごとの差の分布" })).toBeVisible();
  const result = page.getByRole("region", { name: "試算の結果" });
  const before = yenOf(await figure(page, "試算の結果", "今の料率の合計").innerText());
  await expect.poll(async () => yenOf(await figure(page, "試算の結果", "試算の合計").innerText())).toBeGreaterThan(before);
  await check(page);
  // Another level of the reductions moves households from one tier to the other.
  const fifty = result.getByRole("row").filter({ hasText: /^5割軽減/ });
  await expect(fifty).toContainText("+0");
  await page.getByLabel("5割軽減（円）").fill("1000000");
  await page.getByRole("button", { name: "全世帯で試算する" }).click();
  await expect(page.getByTestId("whatif-problem")).toContainText("2割軽減の基準額以下");
  await page.getByLabel("2割軽減（円）").fill("1200000");
  await page.getByRole("button", { name: "全世帯で試算する" }).click();
  await expect(fifty).toContainText(/\+[1-9]/);
  await medical.getByLabel("必要額（円、率を求めるとき）").fill("1000000");
  await page.getByRole("button", { name: "必要額から所得割率を求める" }).click();
  await expect(page.getByTestId("solved")).toContainText("医療分：所得割率");
  await check(page);
  await picture(page, info, "whatif");
  await expect(result).toBeVisible();
});
