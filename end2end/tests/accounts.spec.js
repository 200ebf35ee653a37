// Who may sign in, as what: the second factor, the accounts, and what a role does not see.
import AxeBuilder from "@axe-core/playwright";
import { createHmac } from "node:crypto";
import { PASSWORD, addUser, codeOf, enter, expect, picture, signIn, test, find, go } from "./office.js";

const LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

async function check(page) {
  const { violations } = await new AxeBuilder({ page }).withTags(LEVELS).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(" ")}`)).toEqual([]);
}

/** RFC 6238 as an authenticator computes it. */
function totp(base32) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...base32].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const offset = digest[19] & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

test("somebody new sets the second factor up before anything else opens", async ({ page, osaka }, info) => {
  const login = addUser(osaka, { factor: false });
  await page.goto(`${osaka.url}/`);
  await enter(page, login, "");
  await expect(page.getByRole("heading", { name: "二要素認証の設定" })).toBeVisible();
  await check(page);
  await picture(page, info, "enrol");
  await page.getByLabel("確認コード（6桁）").fill("000000");
  await page.getByRole("button", { name: "設定してはじめる" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "確認コードが違います" })).toBeVisible();
  const secret = await page.getByTestId("secret").textContent();
  await page.getByLabel("確認コード（6桁）").fill(totp(secret));
  await page.getByRole("button", { name: "設定してはじめる" }).click();
  await expect(page.getByRole("heading", { name: "ホーム" })).toBeVisible();
});

test("two administrators add a clerk of one ward, who registers with link and number and sees nobody of another ward", async ({ page, browser, osaka }, info) => {
  await signIn(page, osaka, { role: "system_admin" });
  await go(page, "nav-accounts");
  await expect(page.getByRole("heading", { name: "利用者", exact: true })).toBeVisible();
  await expect(page.locator("#top-search")).toHaveCount(0);
  const login = `ward-${info.project.name}-${Date.now()}`;
  await page.getByLabel("利用者名（半角英数字）").fill("だめ");
  await page.getByLabel("氏名").fill("北　花子");
  await page.getByRole("button", { name: "追加を申請" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "半角の英数字" })).toBeVisible();
  await expect(page.getByLabel("氏名")).toHaveValue("北　花子");
  await page.getByLabel("利用者名（半角英数字）").fill(login);
  await page.getByLabel("職務").selectOption("counter_clerk");
  await page.getByLabel("行政区（空欄＝全市）").fill("無い区");
  await page.getByRole("button", { name: "追加を申請" }).click();
  await expect(page.getByText(`${login} の「利用者の追加」を申請しました`)).toBeVisible();
  const link = await page.getByTestId("handed").textContent();
  await expect(page.getByRole("button", { name: `${login} の申請を承認` })).toHaveCount(0);
  await check(page);
  await picture(page, info, "accounts");

  // Before the approval the link opens nothing.
  const other = await (await browser.newContext()).newPage();
  await other.goto(link);
  await other.getByLabel("8桁の番号").fill("00000000");
  await other.getByLabel("新しいパスワード").fill(PASSWORD);
  await other.getByRole("button", { name: "登録する" }).click();
  await expect(other.getByRole("alert").filter({ hasText: "使えません" })).toBeVisible();

  const second = await (await browser.newContext()).newPage();
  await signIn(second, osaka, { role: "system_admin" });
  await go(second, "nav-accounts");
  await second.getByRole("button", { name: `${login} の申請を承認` }).click();
  await expect(second.getByText(`${login} の申請を承認しました`)).toBeVisible();
  const number = await second.getByTestId("handed").textContent();
  await check(second);
  await picture(second, info, "approved");
  await second.close();

  await other.getByLabel("新しいパスワード").fill("password1234");
  await other.getByLabel("8桁の番号").fill(number);
  await other.getByRole("button", { name: "登録する" }).click();
  await expect(other.getByRole("alert").filter({ hasText: "推測されやすい" })).toBeVisible();
  await check(other);
  await picture(other, info, "link");
  await other.getByLabel("新しいパスワード").fill(PASSWORD);
  await other.getByRole("button", { name: "登録する" }).click();
  await other.getByLabel("確認コード（6桁）").fill(totp(await other.getByTestId("secret").textContent()));
  await other.getByRole("button", { name: "設定してはじめる" }).click();
  await find(other, "2000000001", "イシカワ");
  await expect(other.getByText("該当する人はいません")).toBeVisible();
  await other.close();
});

test("somebody ends an own session elsewhere, and a wrong password changes nothing", async ({ page, browser, osaka }, info) => {
  const login = await signIn(page, osaka);
  const elsewhere = await browser.newPage();
  await elsewhere.goto(`${osaka.url}/`);
  await enter(elsewhere, login, codeOf(osaka, login, 1));
  await expect(elsewhere.locator("#user-menu")).toBeVisible();
  await page.locator("#user-menu").click();
  await page.getByRole("link", { name: "自分の設定" }).click();
  await expect(page.getByRole("button", { name: /のサインインを終わらせる$/ })).toHaveCount(1);
  await page.getByLabel("今のパスワード").fill("wrong wrong");
  await page.getByLabel("確認コード（6桁）").fill("000000");
  await page.getByLabel("新しいパスワード").fill("umi-to-kujira-88-dango");
  await page.getByRole("button", { name: "パスワードを変える" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "確認コードが違います" })).toBeVisible();
  await check(page);
  await picture(page, info, "own");
  await page.getByRole("button", { name: /のサインインを終わらせる$/ }).click();
  await expect(page.getByRole("button", { name: /のサインインを終わらせる$/ })).toHaveCount(0);
  await elsewhere.reload();
  await expect(elsewhere.getByRole("heading", { name: "国民健康保険　サインイン" })).toBeVisible();
  await elsewhere.close();
});

test("an auditor sees who looked at which household, without any name, and that nothing was altered", async ({ page, osaka, browser }, info) => {
  const clerk = await browser.newPage();
  const login = await signIn(clerk, osaka);
  await find(clerk, "2000000001", "イシカワ");
  await clerk.locator("#found-0").click();
  await expect(clerk.getByTestId("preview-total")).toBeVisible();
  await clerk.close();
  await signIn(page, osaka, { role: "auditor" });
  await go(page, "nav-audit");
  await expect(page.getByRole("heading", { name: "監査記録" })).toBeVisible();
  await expect(page.locator("#top-search")).toHaveCount(0);
  await page.getByLabel("利用者名").fill(login);
  await page.getByRole("button", { name: "記録を探す" }).click();
  const list = page.getByRole("region", { name: "監査記録の一覧" });
  // The sign-in, the search and the household: nothing else was shown.
  await expect(list.getByRole("row")).toHaveCount(4);
  await expect(list).toContainText("表示");
  expect(await list.textContent()).not.toMatch(/石川|イシカワ|2000000001/);
  await page.getByRole("button", { name: "記録が変えられていないか検証する" }).click();
  await expect(page.getByTestId("chain")).toContainText("書かれたときのままです");
  await check(page);
  await picture(page, info, "audit");
});
