// The clerk's day: sign in, take a city in, find a household, change it, decide, read why.
import { join } from "node:path";
import { check } from "./axe.js";
import { IZUMISANO, SHINJUKU } from "./cities.js";
import { codeOf, edit, editInsured, enter, expect, open, part, picture, save, section, signIn, takeInAll, test, yenOf, go, find, decide, waiting } from "./office.js";

const KINDS = ["residents", "incomes", "eligibility"];

async function takeIn(page, kind, file) {
  await page.locator(`#file-${kind}`).setInputFiles(file);
  await page.locator(`#import-${kind}`).click();
}

test("a wrong password is refused and what was typed stays", async ({ page, osaka }) => {
  await page.goto(`${osaka.url}/`);
  await page.getByLabel("利用者名").fill("clerk");
  await page.getByLabel("パスワード").fill("not the password");
  await page.getByRole("button", { name: "サインイン" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "のどれかが違います" })).toBeVisible();
  await expect(page.getByLabel("利用者名")).toHaveValue("clerk");
});

test("the three files of the demonstration city come in and a household is decided for what was previewed", async ({ page, empty }, info) => {
  await signIn(page, empty);
  await picture(page, info, "search-empty");
  await go(page, "nav-imports");
  await expect(page.getByText("まだ何も取り込んでいません")).toBeVisible();
  for (const kind of KINDS) {
    await takeIn(page, kind, join(empty.folder, `${kind}.csv`));
    await expect(page.getByTestId("import-result")).toContainText(`${kind}.csv`);
  }
  await picture(page, info, "imports");
  await expect(page.getByRole("region", { name: "これまでの取込" }).getByRole("row")).toHaveCount(4);
  // The same file again changes nothing and says so.
  await takeIn(page, "residents", join(empty.folder, "residents.csv"));
  await expect(page.getByTestId("import-problem").or(page.getByTestId("import-result"))).toBeVisible();
});

test("a file that is wrong is refused with its line and column, and nothing comes in", async ({ page, empty }, info) => {
  await signIn(page, empty);
  await go(page, "nav-imports");
  const wrong = IZUMISANO.residents.replace("1985-04-02", "2085-04-02");
  await takeIn(page, "residents", { name: "residents.csv", mimeType: "text/csv", buffer: Buffer.from(wrong, "utf8") });
  const problem = page.getByRole("alert").filter({ has: page.getByTestId("import-problem") });
  await expect(problem).toContainText("3行目");
  await expect(problem).toContainText("生年月日");
  await expect(problem).toContainText("何も取り込んでいません");
  await picture(page, info, "import-refused");
  await expect(page.getByText("まだ何も取り込んでいません")).toBeVisible();
});

test("what was read with a warning, and characters that somebody has to look at, are shown", async ({ page, empty }, info) => {
  await signIn(page, empty);
  await go(page, "nav-imports");
  await expect(page.getByTestId("troubles")).toContainText("ありません");
  const text = IZUMISANO.residents.replace("見辺　二子", "𠮷辺　二子").replace("上瓦屋１,,1990-04-01", "上瓦屋１,,平成31年5月1日");
  await takeIn(page, "residents", { name: "residents.csv", mimeType: "text/csv", buffer: Buffer.from(text, "utf8") });
  await expect(page.getByTestId("import-result")).toContainText("residents.csv");
  await go(page, "nav-home");
  await go(page, "nav-imports");
  for (const [name, said] of [["troubles", "2019-05-01 として読みました"], ["characters", "𠮷（U+20BB7）"]]) {
    const list = page.getByTestId(name);
    await list.locator("summary").click();
    await expect(list).toContainText(said);
  }
  await check(page);
  await picture(page, info, "import-warnings");
});

test("泉佐野市's published household is decided at 645,854 yen from its three files", async ({ page, izumisano }, info) => {
  await signIn(page, izumisano);
  await takeInAll(page, IZUMISANO);
  await go(page, "nav-home");
  await open(page, "2000000001", "ミベ");
  await expect(page.getByTestId("preview-total")).toHaveText("645,854円");
  await decide(page);
  await expect(page.getByTestId("decided-total")).toHaveText("645,854円");
  await page.getByRole("button", { name: /^決定通知書を発行/ }).click();
  const link = page.getByTestId("letter");
  await expect(link).toContainText("決定通知書 2026-");
  const letter = await page.request.get(new URL(await link.getAttribute("href"), izumisano.url).href);
  expect((await letter.body()).subarray(0, 4).toString()).toBe("%PDF");
  await picture(page, info, "decided-izumisano");
});

test("新宿区's published person is decided at 190,859 yen in instalments of 19,139 and nine of 19,080", async ({ page, shinjuku }) => {
  await signIn(page, shinjuku);
  await takeInAll(page, SHINJUKU);
  await go(page, "nav-home");
  await open(page, "2000000001", "ミベ");
  await expect(page.getByTestId("preview-total")).toHaveText("190,859円");
  await section(page, "premium");
  const instalments = await page.getByTestId("instalment").allTextContents();
  expect(instalments.map(yenOf)).toEqual([19_139, ...Array(9).fill(19_080)]);
  await decide(page);
  await expect(page.getByTestId("decided-total")).toHaveText("190,859円");
});

/** The number and reading of a head of the demonstration city with at least two members. */
async function anyHousehold(page, office, bornFrom = "") {
  const { readFileSync } = await import("node:fs");
  const text = new TextDecoder("shift_jis").decode(readFileSync(join(office.folder, "residents.csv")));
  const rows = text.trim().split(/\r?\n/).slice(1).map((line) => line.split(","));
  const sizes = new Map();
  rows.forEach((row) => sizes.set(row[1], (sizes.get(row[1]) ?? 0) + 1));
  const head = rows.find((row) => row[2] === "1" && sizes.get(row[1]) >= 2 && row[6] >= bornFrom);
  return { number: head[1], kana: head[5].split(/[ 　]/)[0] };
}

test("the premium follows each keystroke, is saved with a reason, and is decided for the previewed amount", async ({ page, osaka }, info) => {
  await signIn(page, osaka);
  const { number, kana } = await anyHousehold(page, osaka);
  await open(page, number, kana);
  await picture(page, info, "household");
  const before = await page.getByTestId("preview-total").textContent();
  await edit(page);
  const income = page.getByLabel("その他の所得").first();
  await income.fill("３００万");
  await expect(page.getByText("= 3,000,000円").first()).toBeVisible();
  const previewed = await page.getByTestId("preview-total").textContent();
  expect(previewed).not.toBe(before);
  await expect(page.getByTestId("live")).toContainText(`入力後 ${previewed}`);
  // Without a reason nothing is saved and nothing typed is lost.
  await page.getByRole("button", { name: /^異動を保存/ }).click();
  await expect(page.getByTestId("error-summary")).toContainText("異動の理由を入力してください");
  await picture(page, info, "reason-missing");
  await page.getByLabel("異動の理由").fill("所得の更正");
  await page.getByRole("button", { name: /^異動を保存/ }).click();
  await expect(page.getByText("異動を保存しました")).toBeVisible();
  await expect(page.getByTestId("preview-total")).toHaveText(previewed);
  await decide(page);
  await expect(page.getByTestId("decided-total")).toHaveText(previewed);
  await expect(page.getByText("保険料を決定しました")).toBeVisible();
  // Why: the tree's first line is the total, and it opens further.
  await expect(page.locator(".explanation summary").first()).toContainText(previewed);
  await picture(page, info, "decided");
});

test("a lost job is entered at the counter, shown with its months, saved and decided", async ({ page, osaka }, info) => {
  await signIn(page, osaka);
  const { number, kana } = await anyHousehold(page, osaka, "1970-01-01");
  await open(page, number, kana);
  await editInsured(page);
  const special = page.locator("details.special:visible");
  await special.locator("summary").click();
  await special.getByLabel("離職日（非自発的失業）").fill("R8.3.31");
  await expect(special.locator("li")).toContainText("令和8年4月分から令和10年3月分まで、給与所得を100分の30として計算します");
  await special.getByLabel("旧被扶養者となった日").fill("1990-01-01");
  await expect(special.locator("li")).toContainText("65歳以上75歳未満");
  await page.getByLabel("異動の理由").fill("離職票の提示");
  await page.getByRole("button", { name: /^異動を保存/ }).click();
  await expect(page.getByTestId("error-summary")).toContainText("旧被扶養者となった日");
  await special.getByLabel("旧被扶養者となった日").fill("");
  await picture(page, info, "special");
  await page.getByRole("button", { name: /^異動を保存/ }).click();
  await expect(page.getByText("異動を保存しました")).toBeVisible();
  await editInsured(page);
  await expect(page.locator("details.special:visible").getByLabel("離職日（非自発的失業）")).toHaveValue("2026-03-31");
  await page.getByRole("button", { name: /^やめる/ }).click();
  const previewed = await page.getByTestId("preview-total").textContent();
  await decide(page);
  await expect(page.getByTestId("decided-total")).toHaveText(previewed);
});

test("a stay in a facility without care insurance frees its months of the care levy", async ({ page, empty }) => {
  await signIn(page, empty);
  await takeInAll(page, IZUMISANO);
  await go(page, "nav-home");
  await open(page, "2000000001", "ミベ");
  await editInsured(page);
  const special = page.locator("details.special:visible");
  await special.locator("summary").click();
  await special.getByLabel("介護保険適用除外施設の入所日").fill("R8.5.31");
  await expect(special.locator("li")).toContainText("令和8年6月分から、介護分がかかりません");
  await special.getByLabel("同施設の退所日").fill("R8.6.30");
  await expect(special.locator("li")).toContainText("介護分は変わりません");
  await special.getByLabel("同施設の退所日").fill("R8.5.1");
  await expect(special.locator("li")).toContainText("退所日が入所日より前です");
  await page.getByLabel("異動の理由").fill("入所証明書の提示");
  await page.getByRole("button", { name: /^異動を保存/ }).click();
  await expect(page.getByTestId("error-summary")).toContainText("同施設の退所日：退所日が入所日より前です");
  await special.getByLabel("同施設の退所日").fill("R8.12.1");
  await expect(special.locator("li")).toContainText("令和8年6月分から令和8年11月分まで、介護分がかかりません");
  const before = yenOf(await page.getByTestId("preview-total").innerText());
  expect(before).toBeLessThan(645_854);
  await check(page);
  await page.getByRole("button", { name: /^異動を保存/ }).click();
  await expect(page.getByText("異動を保存しました")).toBeVisible();
  await editInsured(page);
  await expect(page.locator("details.special:visible").getByLabel("同施設の退所日")).toHaveValue("2026-12-01");
  await expect(page.getByTestId("preview-total")).toHaveText(`${before.toLocaleString("en-US")}円`);
});

test("flow_1_01 住民異動届・社保加入: joining a company is reported at the counter: the day of loss, the term and the premium stand there before it is accepted", async ({ page, osaka }, info) => {
  await signIn(page, osaka);
  const { number, kana } = await anyHousehold(page, osaka, "1975-01-01");
  await open(page, number, kana);
  const insured = async () => Number((await page.locator(".case-facts").innerText()).match(/加入 (\d+)人/)[1]);
  const before = await insured();
  const notices = await part(page, "notices");
  await notices.getByLabel("届出の種類").selectOption({ label: "社保加入" });
  await expect(page.getByTestId("accepted-notices")).toContainText("受け付けた届出はありません");
  await notices.getByRole("checkbox", { name: /から加入/ }).first().check();
  await notices.getByLabel("社保の資格取得日").fill("R8.5.1");
  const effect = page.getByTestId("notice-effect");
  await expect(effect).toContainText("資格喪失日 令和8年5月2日");
  await expect(effect).toContainText("届出期限 令和8年5月15日を26日過ぎています");
  await expect(effect).toContainText("令和8年度の保険料（試算）");
  await picture(page, info, "notice");
  await notices.getByRole("button", { name: "届出を受け付ける" }).click();
  await expect(page.getByText("届出を受け付けました")).toBeVisible();
  await expect(page.getByTestId("accepted-notices")).toContainText("社保加入");
  expect(await insured()).toBe(before - 1);
  // The same again cannot be: the person is not insured then.
  await page.getByTestId("notices").getByLabel("届出の種類").selectOption({ label: "社保加入" });
  await page.getByTestId("notices").getByRole("checkbox", { name: /令和8年5月2日喪失/ }).check();
  await page.getByTestId("notices").getByLabel("社保の資格取得日").fill("R8.5.10");
  await expect(page.getByTestId("notice-effect")).toContainText("この日に加入している期間がありません");
  await expect(page.getByRole("button", { name: "届出を受け付ける" })).toBeDisabled();
});

test("flow_2_01 and flow_2_02 市町村: another office is asked, answers, and its answer becomes the income once it is adopted", async ({ page, osaka }, info) => {
  await signIn(page, osaka);
  const { number, kana } = await anyHousehold(page, osaka, "1980-01-01");
  await open(page, number, kana);
  const inquiries = await part(page, "inquiries");
  await expect(inquiries).toContainText("照会はまだありません");
  await inquiries.getByLabel("提供者コード").fill("27128");
  await expect(page.getByTestId("inquiry-basis")).toContainText("番号法19条8号");
  // Without a purpose nothing is asked, and what was typed stays.
  await inquiries.getByRole("button", { name: "照会する" }).click();
  await expect(inquiries).toContainText("理由を入力してください");
  await expect(inquiries.getByLabel("提供者コード")).toHaveValue("27128");
  await inquiries.getByLabel("照会の目的（記録されます）").fill("転入前の所得の確認");
  await inquiries.getByRole("button", { name: "照会する" }).click();
  // The courier may have sent it already.
  await expect(inquiries).toContainText(/送信待ち|回答待ち/);
  await expect(page.locator(".case-tags")).toContainText("照会中 1件");
  await expect(async () => {
    osaka.partners();
    await inquiries.getByRole("button", { name: "回答を確かめる" }).click();
    await expect(inquiries.getByRole("button", { name: "採用する" })).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 30_000 });
  await expect(inquiries).toContainText("給与所得");
  await check(page);
  await picture(page, info, "inquiry");
  await inquiries.getByRole("button", { name: "採用する" }).click();
  await expect(page.getByText("回答を採用しました")).toBeVisible();
  await expect(page.locator(".case-tags")).not.toContainText("照会中");
  await inquiries.getByRole("button", { name: "本市住基に照会" }).click();
  await expect(inquiries.getByText(/人分を照会しました/)).toBeVisible();
  await go(page, "nav-inquiries");
  await expect(page.getByText("終わっていない照会は0件")).toBeVisible();
  await go(page, "nav-exchange");
  await expect(page.getByTestId("links")).toContainText("国保連合会：被保険者異動情報");
  await picture(page, info, "links");
  await check(page);
});

test("who waits for what is listed, and leads to the household", async ({ page, osaka }, info) => {
  await signIn(page, osaka);
  await go(page, "nav-queue");
  await expect(page.getByText(/全部で\d+件あります/)).toBeVisible();
  await check(page);
  const missing = await waiting(page, "IncomeMissing");
  await picture(page, info, "queue");
  await missing.getByRole("link").first().click();
  await expect(page.getByTestId("preview-total")).toBeVisible();
});

test("flow_1_01 世帯の異動: who moves to a household of her own is charged in each for its months, and the old one waits for a new decision", async ({ page, empty }, info) => {
  await signIn(page, empty);
  await takeInAll(page, IZUMISANO);
  await go(page, "nav-home");
  await open(page, "2000000001", "ミベ");
  const whole = yenOf(await page.getByTestId("preview-total").innerText());
  await decide(page);
  await expect(page.getByTestId("decided-total")).toBeVisible();
  await go(page, "nav-imports");
  const split = IZUMISANO.residents
    .replace("1000000002,2000000001,0,妻", "1000000002,2000000002,1,世帯主")
    .replace("#合計,3,1", "#合計,3,2")
    .replace("消除日", "消除日,世帯異動日")
    .replaceAll("1990-04-01,", "1990-04-01,,2026-06-01");
  await takeIn(page, "residents", { name: "split.csv", mimeType: "text/csv", buffer: Buffer.from(split, "utf8") });
  await expect(page.getByTestId("import-result")).toContainText("split.csv");
  const due = await waiting(page, "DecisionDue");
  await expect(due).toContainText("令和8年度分");
  await picture(page, info, "queue-moved");
  await due.getByRole("row", { name: /2000000001/ }).getByRole("link").click();
  await section(page, "people");
  await expect(page.getByText("に市内の別の世帯へ異動")).toBeVisible();
  expect(yenOf(await page.getByTestId("preview-total").innerText())).toBeLessThan(whole);
  await check(page);
  await picture(page, info, "household-moved");
});

test("flow_1_15 (flow_2_03, flow_2_04): each person gets the paper that fits, a question goes out on paper, and what comes back is noted", async ({ page, osaka }, info) => {
  await signIn(page, osaka);
  const { number, kana } = await anyHousehold(page, osaka);
  await open(page, number, kana);
  // What is known already is not asked for: the income is undeclared.
  await edit(page);
  await page.getByLabel("所得の申告").first().selectOption("undeclared");
  await page.getByLabel("異動の理由").fill("申告なし");
  await page.getByRole("button", { name: /^異動を保存/ }).click();
  await expect(page.getByText("異動を保存しました")).toBeVisible();
  const documents = await part(page, "documents");
  const first = documents.getByTestId("paper").first();
  await expect(first).toContainText("資格確認書");
  await first.getByRole("button", { name: "資格確認書を発行" }).click();
  await expect(page.getByText(/資格確認書 D2026-\d+ を発行しました/)).toBeVisible();
  const link = documents.getByRole("link", { name: /^D2026-/ }).first();
  const answer = await page.request.get(new URL(await link.getAttribute("href"), osaka.url).href, { headers: { "x-kokuho": "1" } });
  expect(answer.headers()["content-type"]).toBe("application/pdf");
  await first.getByLabel("マイナ保険証").selectOption("registered");
  await first.getByRole("button", { name: "証の情報を保存" }).click();
  await expect(first.getByRole("button", { name: "資格情報のお知らせを発行" })).toBeVisible();
  await documents.getByRole("button", { name: "文書を発行" }).click();
  await expect(documents.getByText("回答待ち")).toBeVisible();
  await check(page);
  await picture(page, info, "documents");
  await documents.getByRole("button", { name: "回答を入力" }).click();
  const reply = page.getByTestId("income-reply");
  await reply.getByLabel("回答のその他の所得").fill("1234567");
  await reply.getByRole("button", { name: "回答を登録" }).click();
  await expect(page.getByText("回答の所得を登録しました")).toBeVisible();
  await edit(page);
  await expect(page.getByLabel("その他の所得").first()).toHaveValue("1,234,567");
});

test("flow_1_other 施設・個人番号: a facility is registered and asked, and which city insures stands there; a number is bound on four of four", async ({ page, empty }, info) => {
  await signIn(page, empty);
  await takeInAll(page, IZUMISANO);
  await go(page, "nav-home");
  await open(page, "2000000001", "ミベ");
  const facilities = await part(page, "facilities");
  await facilities.getByLabel("施設の名称").fill("堺の里");
  await facilities.getByLabel("所在地の市町村（コード5桁）").fill("27140");
  await facilities.getByLabel("施設の郵便番号").fill("590-0001");
  await facilities.getByLabel("施設の住所").fill("堺市堺区１");
  await facilities.getByRole("button", { name: "施設を追加" }).click();
  await expect(page.getByText("施設を登録しました")).toBeVisible();
  await facilities.getByLabel("施設", { exact: true }).selectOption({ label: "堺の里" });
  await facilities.getByLabel("直前の住所の市町村（コード5桁）").fill("27100");
  await facilities.getByLabel("入所日").fill("2026-05-01");
  await facilities.getByRole("button", { name: "施設に照会" }).click();
  await expect(page.getByText(/施設への照会書 D2026-\d+ を発行しました/)).toBeVisible();
  await facilities.getByRole("button", { name: "入所の状況を登録" }).click();
  await expect(facilities.getByText("住所地特例：本市が保険者です")).toBeVisible();
  const numbers = await part(page, "numbers");
  await numbers.getByLabel("個人番号（12桁）").fill("123456789018");
  await numbers.getByLabel("書類の氏名カナ").fill("ﾐﾍﾞ ｲﾁﾛｳ");
  await numbers.getByLabel("書類の生年月日").fill("1981-04-02");
  await numbers.getByLabel("書類の住所").fill("上瓦屋2");
  await numbers.getByLabel("確認した書類").fill("カード");
  await numbers.getByRole("button", { name: "個人番号を登録" }).click();
  await expect(page.getByText("個人番号：保留（住所が一致しません）")).toBeVisible();
  await numbers.getByLabel("個人番号（12桁）").fill("123456789018");
  await numbers.getByLabel("書類の住所").fill("上瓦屋1");
  await numbers.getByRole("button", { name: "個人番号を登録" }).click();
  await expect(page.getByText("個人番号：登録あり")).toBeVisible();
  await check(page);
  await picture(page, info, "facilities");
});

test("a figure that cannot be read is named, and stays as it was typed", async ({ page, osaka }) => {
  await signIn(page, osaka);
  const { number, kana } = await anyHousehold(page, osaka);
  await open(page, number, kana);
  await edit(page);
  const income = page.getByLabel("その他の所得").first();
  await income.fill("三百万くらい");
  await page.getByLabel("給与所得").first().fill("1");
  await page.getByLabel("異動の理由").fill("試験");
  await page.getByRole("button", { name: /^異動を保存/ }).click();
  await expect(page.getByTestId("error-summary")).toContainText("その他の所得を読めません");
  await expect(income).toHaveValue("三百万くらい");
});

test("a household is found, changed, understood, decided and told without a mouse", async ({ page, osaka }) => {
  await signIn(page, osaka);
  const { number, kana } = await anyHousehold(page, osaka);
  await page.keyboard.press("/");
  await expect(page.locator("#top-search")).toBeFocused();
  await page.keyboard.type(`${number} ${kana}`);
  await page.keyboard.press("Enter");
  await expect(page.locator("#found-0")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("preview-total")).toBeVisible();
  const before = await page.getByTestId("preview-total").textContent();
  // From the panel on by the key alone.
  await page.keyboard.press("e");
  const wanted = page.getByLabel("年金所得").first();
  for (let presses = 0; presses < 20 && !(await wanted.evaluate((field) => field === document.activeElement)); presses += 1) {
    await page.keyboard.press("Tab");
  }
  await expect(wanted).toBeFocused();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("1234567");
  await expect(page.getByTestId("preview-total")).not.toHaveText(before);
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("異動の理由")).toBeFocused();
  await page.keyboard.type("年金の更正");
  await page.keyboard.press("Alt+S");
  await expect(page.getByText("異動を保存しました")).toBeVisible();
  await page.keyboard.press("3");
  await expect(page.locator("#decide")).toBeEnabled();
  await page.keyboard.press("Alt+Enter");
  await expect(page.locator("#decide-now")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("decided-total")).toBeVisible();
  // Why: the closed branches of the explanation open by the key.
  const closed = page.locator(".explanation details:not([open]) > summary").first();
  for (let presses = 0; presses < 200 && !(await closed.evaluate((summary) => summary === document.activeElement)); presses += 1) {
    await page.keyboard.press("Tab");
  }
  await expect(closed).toBeFocused();
  const opened = await page.locator(".explanation details[open]").count();
  await page.keyboard.press("Enter");
  await expect(page.locator(".explanation details[open]")).toHaveCount(opened + 1);
  await page.keyboard.press("Alt+P");
  await expect(page.getByTestId("letter")).toBeVisible();
});

test("one key alone opens nobody, and two people with similar names stand apart", async ({ page, osaka }) => {
  await signIn(page, osaka);
  const { number } = await anyHousehold(page, osaka);
  await find(page, number, "");
  await expect(page.getByRole("alert").filter({ hasText: "2つ" })).toBeVisible();
});

test("a session that has ended takes the household off the screen and gives it back to the same person", async ({ page, osaka, context }) => {
  const login = await signIn(page, osaka);
  const { number, kana } = await anyHousehold(page, osaka);
  await open(page, number, kana);
  const address = page.url();
  await edit(page);
  await page.getByLabel("その他の所得").first().fill("777777");
  await page.getByLabel("異動の理由").fill("更正");
  await context.clearCookies();
  await page.getByRole("button", { name: /^異動を保存/ }).click();
  await expect(page.getByText("画面をロックしました")).toBeVisible();
  expect(await page.content()).not.toContain("777");
  expect(await page.content()).not.toContain(kana);
  await enter(page, login, codeOf(osaka, login, 1));
  await expect(page.getByTestId("preview-total")).toBeVisible();
  expect(page.url()).toBe(address);
});

test("incomes by kind are netted on the clerk's screen and go into the fields of the calculation", async ({ page, empty }, info) => {
  await signIn(page, empty);
  await takeInAll(page, IZUMISANO);
  await go(page, "nav-home");
  await open(page, "2000000001", "ミベ");
  await edit(page);
  const head = page.locator("fieldset.member").first();
  await head.getByText("所得の内訳・控除・固定資産税").click();
  await head.getByLabel("事業所得（営業等・農業）").fill("▲100万");
  await head.getByLabel("土地・建物の長期譲渡（特別控除前）").fill("40,000,000");
  await head.getByLabel("土地・建物の特別控除額").fill("3,000万");
  await expect(head.getByTestId("netted")).toHaveText("給与所得 2,160,000円、年金所得 0円、その他の所得 10,000,000円、合計所得 42,160,000円");
  await check(page);
  await picture(page, info, "kinds");
  await head.getByRole("button", { name: "所得の欄に入れる" }).click();
  await expect(head.getByLabel("給与所得", { exact: true })).toHaveValue("2,160,000");
  await expect(head.getByLabel("その他の所得", { exact: true })).toHaveValue("10,000,000");
  await expect(head.getByLabel("譲渡所得の特別控除", { exact: true })).toHaveValue("30,000,000");
  // Every part of the household reaches its cap but the child's: 660,000, 260,000, 170,000 and 30,000.
  await expect(page.getByTestId("preview-total")).toHaveText("1,120,000円");
  // What was typed is kept with the income, and netted once only.
  await page.getByLabel("異動の理由").fill("申告書の内訳");
  await page.getByRole("button", { name: /^異動を保存/ }).click();
  await expect(page.getByText("異動を保存しました")).toBeVisible();
  await page.reload();
  await edit(page);
  await head.getByText("所得の内訳・控除・固定資産税").click();
  await expect(head.getByLabel("事業所得（営業等・農業）")).toHaveValue("−1,000,000");
  await expect(head.getByLabel("給与所得（通算前）")).toHaveValue("3,160,000");
  await expect(head.getByTestId("netted")).toContainText("給与所得 2,160,000円");
});
