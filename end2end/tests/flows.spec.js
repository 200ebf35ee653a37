// The numbered flows of the office, each from its screen to the partner and back.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { check } from "./axe.js";
import { IZUMISANO } from "./cities.js";
import { ROOT, editInsured, expect, flow, household, open, part, picture, release, begin, section, signIn, takeInAll, test, yenOf, go, signOut, decide, waiting } from "./office.js";

/** Opens one of the demonstration city's households, each test another one. */
async function opened(page, office, place, bornFrom) {
  await signIn(page, office);
  const found = household(office, place, bornFrom);
  await open(page, found.number, found.kana);
  return found;
}

/** The place of a household whose head is insured, and of whom the minister tells a reason of the law. */
function working(office, from) {
  const text = new TextDecoder("shift_jis").decode(readFileSync(join(office.folder, "eligibility.csv")));
  const rows = text.trim().split(/\r?\n/).map((line) => line.split(","));
  const insured = new Set(rows.filter((row) => row[8] === "").map((row) => row[4]));
  const fits = ({ resident }) => insured.has(resident) && !resident.endsWith("9");
  for (let place = from; ; place += 1) if (fits(household(office, place))) return place;
}

/** Asks and waits until the answer can be adopted. */
async function inquire(page, office, { what, code }) {
  const inquiries = await part(page, "inquiries");
  await inquiries.getByLabel("提供者と情報").selectOption({ label: what });
  await inquiries.getByLabel("提供者コード").fill(code);
  await inquiries.getByLabel("照会の目的（記録されます）").fill("資格の確認");
  await inquiries.getByRole("button", { name: "照会する" }).click();
  await expect(inquiries).toContainText(/送信待ち|回答待ち/);
  await expect(async () => {
    office.partners();
    await inquiries.getByRole("button", { name: "回答を確かめる" }).click();
    await expect(inquiries.getByRole("button", { name: "採用する" })).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 30_000 });
  return inquiries;
}

/** What an adopted answer does to the household, as its screen shows it. */
const EFFECTS = {
  income: (page, before) => expect(page.getByTestId("preview-total")).not.toHaveText(before),
  job: async (page) => {
    await editInsured(page);
    await expect(page.locator("details.special:visible")).toContainText("給与所得を100分の30として計算します");
  },
};

const ASKED = [
  { name: "flow_1_03 and flow_1_04 市町村: who is head of the household elsewhere", what: "市町村：住民票関係情報", code: "27128", says: "世帯主", picture: "flow_1_03" },
  { name: "flow_1_07 and flow_1_08 (flow_2_05, flow_2_06) 市町村: the insurance there", what: "市町村：医療保険給付関係情報", code: "27128", says: "資格取得日", picture: "flow_1_07" },
  { name: "flow_1_09 and flow_1_10 (flow_2_01, flow_2_02) 市町村: the income there", what: "市町村：地方税関係情報", code: "27128", says: "給与所得", picture: "flow_1_09", effect: EFFECTS.income },
  { name: "flow_1_11 and flow_1_12 (flow_2_07, flow_2_08) 医療保険者: the insurance there", what: "医療保険者：医療保険給付関係情報", code: "06270123", says: "資格取得日", picture: "flow_1_11" },
  { name: "flow_1_13 and flow_1_14 広域連合: the insurance there", what: "後期高齢者医療広域連合：医療保険給付関係情報", code: "39270001", says: "資格取得日", picture: "flow_1_13" },
  { name: "flow_2_09 and flow_2_10 厚生労働大臣: a job that was lost", what: "厚生労働大臣：失業等給付関係情報", code: "mhlw", says: "離職", picture: "flow_2_09", place: (office) => working(office, 30), effect: EFFECTS.job },
];

for (const [place, asked] of ASKED.entries()) {
  test(asked.name, async ({ page, osaka }, info) => {
    await opened(page, osaka, asked.place?.(osaka) ?? place);
    const before = await page.getByTestId("preview-total").textContent();
    const inquiries = await inquire(page, osaka, asked);
    await expect(inquiries).toContainText(asked.says);
    await flow(inquiries, info, asked.picture);
    await inquiries.getByRole("button", { name: "採用する" }).click();
    await expect(inquiries).toContainText("採用済み");
    await expect(page.locator(".case-tags")).not.toContainText("照会中");
    await asked.effect?.(page, before);
  });
}

test("flow_1_01 住民異動届: who comes to the city is asked for and joins on the day of moving in", async ({ page, empty }, info) => {
  await signIn(page, empty);
  await takeInAll(page, IZUMISANO);
  const more = "1000000004,2000000001,0,子,見辺　四葉,ミペ　ヨツバ,2026-05-20,2,598-0001,泉佐野市上瓦屋１,,2026-05-20,\n#合計,4,1";
  const buffer = Buffer.from(IZUMISANO.residents.replace("#合計,3,1", more), "utf8");
  await page.locator("#file-residents").setInputFiles({ name: "birth.csv", mimeType: "text/csv", buffer });
  await page.locator("#import-residents").click();
  await expect(page.getByTestId("import-result")).toContainText("birth.csv");
  const born = await waiting(page, "NotReported");
  await expect(born).toContainText("見辺　四葉");
  await expect(born).toContainText("（21日前）");
  await born.getByRole("button", { name: "見辺　四葉を担当する" }).click();
  await expect(born.getByRole("button", { name: "見辺　四葉を担当をやめる" })).toBeVisible();
  await flow(born, info, "flow_1_01_queue");
  await check(page);
  await born.getByRole("link").first().click();
  const notices = await part(page, "notices");
  await notices.getByRole("checkbox", { name: /四葉/ }).check();
  await notices.getByLabel("届出の種類").selectOption({ label: "出生" });
  await notices.getByLabel("出生日").fill("R8.5.20");
  await expect(page.getByTestId("notice-effect")).toContainText("資格取得日 令和8年5月20日");
  await flow(notices, info, "flow_1_01");
  await notices.getByRole("button", { name: "届出を受け付ける" }).click();
  await expect(page.getByText("届出を受け付けました")).toBeVisible();
  const story = await part(page, "timeline");
  await story.getByLabel("確かめる人").selectOption({ label: "見辺　四葉" });
  await expect(page.getByTestId("timeline-answer")).toContainText("令和8年5月20日に出生で取得しました");
  await story.getByLabel("いつの資格か").fill("R8.5.19");
  await expect(page.getByTestId("timeline-answer")).toContainText("加入していません");
  await flow(story, info, "flow_1_timeline");
  await check(page);
});

test("flow_1_02 生保連絡票: when public assistance begins, everybody loses the 資格 on that day", async ({ page, empty }, info) => {
  await signIn(page, empty);
  await takeInAll(page, IZUMISANO);
  await go(page, "nav-home");
  await open(page, "2000000001", "ミベ");
  const notices = await part(page, "notices");
  for (const name of [/一郎/, /二子/, /三太/]) await notices.getByRole("checkbox", { name }).check();
  await notices.getByLabel("届出の種類").selectOption({ label: "生活保護開始" });
  await notices.getByLabel("保護の開始日").fill("R8.6.1");
  await expect(page.getByTestId("notice-effect")).toContainText("資格喪失日 令和8年6月1日");
  await flow(notices, info, "flow_1_02");
  await notices.getByRole("button", { name: "届出を受け付ける" }).click();
  await expect(page.getByText("届出を受け付けました")).toBeVisible();
  await expect(page.getByTestId("accepted-notices")).toContainText("生活保護開始");
});

test("flow_1_05 and flow_1_06 住登外・施設: a letter asks where somebody lives, and the reply is noted", async ({ page, osaka }, info) => {
  await opened(page, osaka, 6);
  const documents = await part(page, "documents");
  await documents.getByLabel("様式").selectOption({ label: "住所・世帯の状況についての照会書" });
  await documents.getByLabel("特に尋ねること・理由").fill("入所の前の住所");
  await documents.getByRole("button", { name: "文書を発行" }).click();
  await expect(page.getByText(/照会書 D2026-\d+ を発行しました/)).toBeVisible();
  const letter = documents.getByRole("link", { name: /^D2026-/ }).first();
  const number = await letter.textContent();
  await documents.getByLabel(`${number}の状態を変える`).selectOption({ label: "回答あり" });
  await documents.getByRole("button", { name: "記録" }).first().click();
  await expect(page.getByText("回答を受け付けました")).toBeVisible();
  await flow(documents, info, "flow_1_05");
});

test("flow_1_15 証の一斉更新: everybody without a paper gets one, certificates apart from notices, and applications are met", async ({ page, empty }, info) => {
  await signIn(page, empty);
  await takeInAll(page, IZUMISANO);
  await go(page, "nav-queue");
  await expect(page.getByTestId("PaperMissing")).toContainText("3件");
  await go(page, "nav-renewals");
  await expect(page.getByText("まだ何も処理していません")).toBeVisible();
  await check(page);
  await page.getByLabel("新しい証を使い始める日").fill("R8.8.1");
  await begin(page, "対象を確かめる");
  await flow(page.getByTestId("run-request"), info, "flow_1_15_request");
  await release(page, empty);
  const batches = page.getByRole("region", { name: "印刷単位" });
  await expect(batches).toContainText("書留");
  await expect(page.getByText("3通").first()).toBeVisible();
  await check(page);
  await flow(page, info, "flow_1_15_renewal");
  const link = page.locator('a[href$="/batches/1"]');
  const pdf = await page.request.get(new URL(await link.getAttribute("href"), empty.url).href);
  expect((await pdf.body()).subarray(0, 4).toString()).toBe("%PDF");
  await page.getByRole("button", { name: "印刷単位 1 を印刷済みにする" }).click();
  await expect(page.getByTestId("printed").first()).toContainText("1回");
  await go(page, "nav-home");
  await open(page, "2000000001", "ミベ");
  const documents = await part(page, "documents");
  const paper = documents.getByTestId("paper").nth(1);
  await paper.getByText("申請による証").click();
  await paper.getByLabel("特定疾病", { exact: true }).selectOption({ label: "血液製剤の投与による HIV 感染症" });
  await paper.getByRole("button", { name: "特定疾病療養受療証を発行" }).click();
  await expect(page.getByText(/特定疾病療養受療証 D2026-\d+ を発行しました/)).toBeVisible();
  await paper.getByRole("button", { name: "限度額適用認定証を発行" }).click();
  await expect(page.getByTestId("problem")).toContainText("市町村民税の課税・非課税が分からない");
  await flow(paper, info, "flow_1_15");
  await check(page);
});

test("flow_1_16 and flow_1_17 (flow_2_12, flow_2_13) 本市住基・本市税務: the city's own registers are asked and answer", async ({ page, osaka }, info) => {
  await opened(page, osaka, 7);
  const inquiries = await part(page, "inquiries");
  for (const name of ["本市住基に照会", "本市税務に照会"]) {
    await inquiries.getByRole("button", { name }).click();
    await expect(inquiries.getByText(/人分を照会しました/)).toBeVisible();
  }
  await go(page, "nav-exchange");
  const links = page.getByTestId("links");
  const row = links.getByRole("row", { name: /住基情報の照会/ });
  const tax = links.getByRole("row", { name: /地方税情報の照会/ });
  await expect(async () => {
    osaka.partners();
    await page.reload();
    await expect(row).toBeVisible({ timeout: 2_000 });
    for (const each of [row, tax]) await expect(each.getByRole("cell").nth(2)).not.toHaveText("0", { timeout: 500 });
  }).toPass({ timeout: 40_000 });
  await flow(links, info, "flow_1_16");
});

test("flow_1_18 to flow_1_20 国保連合会・本市住基: changes leave by themselves, and double enrolment comes back", async ({ page, empty }, info) => {
  await signIn(page, empty);
  await takeInAll(page, IZUMISANO);
  await go(page, "nav-exchange");
  const links = page.getByTestId("links");
  const federation = links.getByRole("row", { name: /国保連合会：被保険者異動情報/ });
  await expect(async () => {
    empty.partners();
    await page.reload();
    await expect(federation).toBeVisible({ timeout: 2_000 });
    await expect(federation.getByRole("cell", { name: "3" }).first()).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 40_000 });
  await flow(links, info, "flow_1_18");
  // Two lists in a row, as the federation sends them.
  const list = (on) => `作成年月日,宛名番号,生年月日,他保険者名,他保険資格取得年月日\r\n${on},1000000002,1985-04-02,全国健康保険協会,2026-04-01\r\n#合計,1,1\r\n`;
  const inbox = join(empty.folder, "exchange/in");
  mkdirSync(inbox, { recursive: true });
  for (const on of ["2026-05-09", "2026-06-09"]) {
    writeFileSync(join(inbox, `duplicates_${on}.csv`), Buffer.from(list(on), "utf8"));
  }
  await expect(async () => {
    await page.goto(`${empty.url}/eligibility/duplicates`);
    await expect(page.getByText("勧奨の対象")).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 40_000 });
  await check(page);
  await page.getByRole("button", { name: "勧奨（1回目）" }).click();
  await expect(page.getByText("見辺　二子さん：勧奨1回目")).toBeVisible();
  await page.getByRole("button", { name: "勧奨（2回目）" }).click();
  await expect(page.getByText("が過ぎていません")).toBeVisible();
  await flow(page, info, "flow_1_20");
  await go(page, "nav-imports");
  const arrivals = page.getByTestId("arrivals");
  await expect(arrivals).toContainText(/duplicates_2026-0[56]-09.csv/);
  for (const summary of await arrivals.locator("summary").all()) await summary.click();
  await check(page);
  for (const summary of await arrivals.locator("summary").all()) await summary.click();
  await flow(arrivals, info, "flow_arrivals");
});

test("flow_1_other 学生・国保上の世帯主: who studies elsewhere stays, and what cannot be is refused", async ({ page, empty }, info) => {
  await signIn(page, empty);
  await takeInAll(page, IZUMISANO);
  await go(page, "nav-home");
  await open(page, "2000000001", "ミベ");
  const students = await part(page, "students");
  await students.getByLabel("修学する人").selectOption({ label: "見辺　三太" });
  await students.getByLabel("学校の名称").fill("京都の高校");
  await students.getByLabel("修学中の住所地").fill("京都市左京区");
  await students.getByLabel("修学の始まり").fill("R8.4.5");
  await students.getByLabel("卒業の予定日").fill("R11.3.31");
  await students.getByRole("button", { name: "学生特例を登録" }).click();
  await expect(students.getByText("卒業予定 令和11年3月31日")).toBeVisible();
  await students.getByRole("button", { name: "国保上の世帯主を変更" }).click();
  await expect(page.getByTestId("problem")).toContainText("住民票の世帯主が加入しているため");
  await flow(students, info, "flow_1_other");
  await check(page);
});

test("flow_2_14 and flow_2_15 本市税務: what somebody reported is asked for, and told only when somebody decides so", async ({ page, osaka }, info) => {
  const found = household(osaka, 8);
  execFileSync(join(ROOT, "target/debug/kokuho-partners"), ["--exchange", `${osaka.folder}/exchange`, "--residents", `${osaka.folder}/residents.csv`, "--once", "--ask-income-report", `${found.resident},2025`], { stdio: "pipe" });
  await signIn(page, osaka);
  const requests = page.getByTestId("requests");
  await expect(async () => {
    await page.goto(`${osaka.url}/linkage/exchange`);
    await expect(requests.getByRole("button", { name: "回答する" }).first()).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 40_000 });
  await flow(requests, info, "flow_2_14");
  await requests.getByRole("button", { name: "回答する" }).first().click();
  await expect(requests.getByRole("button", { name: "回答する" })).toHaveCount(0);
});

test("flow_2_other 減免: what may be claimed is offered, applied for, proved, and granted by somebody else", async ({ page, empty }, info) => {
  for (const kind of ["residents", "incomes", "eligibility"]) empty.kokuho(["import", kind, join(empty.folder, `${kind}.csv`)]);
  await signIn(page, empty);
  await page.goto(`${empty.url}/households/1000?fiscal_year=2026`);
  const before = yenOf(await page.getByTestId("preview-total").innerText());
  const reliefs = await part(page, "reliefs");
  const detention = reliefs.getByTestId("candidate").filter({ hasText: "給付制限による減免" }).first();
  await expect(detention).toContainText("1か月あたり");
  await expect(reliefs.getByTestId("candidate").filter({ hasText: "所得の減少による減免" })).toContainText("表が登録されていない");
  await check(page);
  await detention.getByRole("button").click();
  const form = reliefs.getByTestId("relief-form");
  await form.getByRole("button", { name: "申請を受け付ける" }).click();
  await expect(form.locator("#relief-grounds-error")).toContainText("事情を");
  await form.getByLabel("事情").fill("在監証明書による");
  await form.getByLabel("減免の終わり").selectOption("2026-05");
  await form.getByLabel("在監（在院）証明書: 入った日と出た日").check();
  await check(page);
  await form.getByRole("button", { name: "申請を受け付ける" }).click();
  await expect(reliefs.getByTestId("relief-case")).toContainText("決定待ち");
  const evidence = reliefs.getByTestId("relief-evidence");
  await evidence.getByLabel("照会先の名称").fill("見本刑務所");
  await evidence.getByLabel("照会先の郵便番号").fill("530-0001");
  await evidence.getByLabel("照会先の所在地").fill("大阪市北区梅田1-1-1");
  await evidence.getByRole("button", { name: "照会書を発行" }).click();
  await expect(page.getByText("国民健康保険料の減免に係る照会書").first()).toBeVisible();
  const address = page.url();
  await signOut(page);
  await signIn(page, empty);
  page.on("dialog", (dialog) => dialog.accept());
  await page.goto(address);
  await part(page, "reliefs");
  const waiting = reliefs.getByTestId("relief-case");
  await expect(waiting).toContainText("減免 100％");
  await flow(reliefs, info, "flow_2_other");
  await waiting.getByRole("button", { name: "承認", exact: true }).click();
  await expect(page.getByText("減免を「承認」にしました")).toBeVisible();
  await expect.poll(async () => yenOf(await page.getByTestId("preview-total").innerText())).toBeLessThan(before);
  await expect(reliefs.getByTestId("relief-case")).toContainText("承認");
  await expect(reliefs.getByTestId("candidate").first()).toBeVisible();
  await reliefs.getByRole("button", { name: "減免の決定通知書を発行" }).click();
  const notice = reliefs.getByTestId("relief-notice");
  const pdf = await page.request.get(new URL(await notice.getAttribute("href"), empty.url).href);
  expect((await pdf.body()).subarray(0, 4).toString()).toBe("%PDF");
  await check(page);
  await picture(page, info, "relief");
});

test("特別徴収: a premium is planned, asked of the pension body and taken from the pension", async ({ page, empty }, info) => {
  const only = (text) => text.split("\n").filter((line) => !line.includes("1000000003")).join("\n");
  const files = {
    residents: only(IZUMISANO.residents).replace("1981-04-02", "1959-04-02").replace("1985-04-02", "1961-01-02").replace("#合計,3,1", "#合計,2,1"),
    incomes: IZUMISANO.incomes.replace("4500000,3160000,,0,0,3160000", ",0,2600000,1500000,0,1500000").replace("#合計,2,3160000", "#合計,2,1500000"),
    eligibility: only(IZUMISANO.eligibility).replace("#合計,3,3", "#合計,2,2"),
  };
  await signIn(page, empty);
  await takeInAll(page, files);
  const inbox = join(empty.folder, "exchange/in");
  mkdirSync(inbox, { recursive: true });
  writeFileSync(join(inbox, "pension_list_20260525.csv"), "作成年月日,宛名番号,生年月日,年金年額,介護保険料（1回）\n2026-05-25,1000000001,1959-04-02,2600000,10000\n#合計,1,2600000\n");
  await go(page, "nav-home");
  await expect(async () => {
    await page.goto(empty.url);
    await open(page, "2000000001", "ミベ");
    await section(page, "premium");
    await expect(page.getByTestId("instalment")).toHaveCount(7, { timeout: 500 });
  }).toPass({ timeout: 30_000 });
  await expect(page.getByText("特別徴収10月").first()).toBeVisible();
  await decide(page);
  await expect(page.getByTestId("decided-total")).toBeVisible();
  await go(page, "nav-pensions");
  const row = page.getByRole("row").filter({ hasText: "見辺　一郎" });
  await expect(row).toContainText("依頼前");
  page.on("dialog", (dialog) => dialog.accept());
  await page.getByRole("button", { name: "1世帯を依頼する" }).click();
  await expect(row).toContainText("送付待ち");
  await expect(async () => {
    empty.partners();
    await page.reload();
    await expect(row).toContainText("特別徴収中", { timeout: 500 });
  }).toPass({ timeout: 30_000 });
  await check(page);
  await picture(page, info, "pensions");
  await flow(page.getByRole("main"), info, "flow_2_pension");
  // 口座振替 instead: asked to stop, with a reason.
  await row.getByRole("button", { name: "口座振替に変更" }).click();
  await expect(page.getByRole("alert")).toContainText("理由を200字までで入力してください");
  await row.getByLabel("見辺　一郎さんの特別徴収を中止する理由").fill("口座振替の申出");
  await row.getByRole("button", { name: "口座振替に変更" }).click();
  await expect(row).toContainText(/中止の送付待ち|中止依頼中/);
});
