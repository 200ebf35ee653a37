// Who may sign in, as what: the second factor, the accounts, and what a role does not see.
import AxeBuilder from "@axe-core/playwright";
import { createHmac } from "node:crypto";
import { addUser, enter, expect, picture, signIn, test } from "./office.js";

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
  await expect(page.getByRole("heading", { name: "世帯を開く" })).toBeVisible();
});

test("an administrator adds a clerk of one ward, who sees nobody of another ward", async ({ page, browser, osaka }, info) => {
  await signIn(page, osaka, { role: "system_admin" });
  await expect(page.getByRole("heading", { name: "利用者", exact: true })).toBeVisible();
  await expect(page.getByRole("link", { name: "検索" })).toHaveCount(0);
  const login = `ward-${info.project.name}-${Date.now()}`;
  await page.getByLabel("利用者名（半角英数字）").fill("だめ");
  await page.getByLabel("氏名").fill("北　花子");
  await page.getByLabel("パスワード（空欄＝変更しない）").fill("kokuho-demo");
  await page.getByRole("button", { name: "利用者を保存" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "半角の英数字" })).toBeVisible();
  await expect(page.getByLabel("氏名")).toHaveValue("北　花子");
  await page.getByLabel("利用者名（半角英数字）").fill(login);
  await page.getByLabel("職務").selectOption("counter_clerk");
  await page.getByLabel("行政区（空欄＝全市）").fill("無い区");
  await page.getByRole("button", { name: "利用者を保存" }).click();
  await expect(page.getByText(`${login} を保存しました`)).toBeVisible();
  await check(page);
  await picture(page, info, "accounts");
  const other = await browser.newPage();
  await other.goto(`${osaka.url}/`);
  await enter(other, login, "");
  await other.getByLabel("確認コード（6桁）").fill(totp(await other.getByTestId("secret").textContent()));
  await other.getByRole("button", { name: "設定してはじめる" }).click();
  await other.getByLabel("番号（世帯・宛名・被保険者）").fill("2000000001");
  await other.getByLabel("氏名またはカナ").fill("イシカワ");
  await other.getByRole("button", { name: /^検索/ }).click();
  await expect(other.getByText("該当する人はいません")).toBeVisible();
  await expect(other.getByRole("link", { name: "取込" })).toHaveCount(1);
  await other.close();
});

test("an auditor sees who looked at which household, without any name, and that nothing was altered", async ({ page, osaka, browser }, info) => {
  const clerk = await browser.newPage();
  const login = await signIn(clerk, osaka);
  await clerk.getByLabel("番号（世帯・宛名・被保険者）").fill("2000000001");
  await clerk.getByLabel("氏名またはカナ").fill("イシカワ");
  await clerk.getByRole("button", { name: /^検索/ }).click();
  await clerk.locator("#found-0").click();
  await expect(clerk.getByTestId("preview-total")).toBeVisible();
  await clerk.close();
  await signIn(page, osaka, { role: "auditor" });
  await expect(page.getByRole("heading", { name: "監査記録" })).toBeVisible();
  await expect(page.getByRole("link", { name: "検索" })).toHaveCount(0);
  await page.getByLabel("利用者名").fill(login);
  await page.getByRole("button", { name: "記録を探す" }).click();
  const list = page.getByRole("region", { name: "監査記録の一覧" });
  await expect(list.getByRole("row")).toHaveCount(5);
  await expect(list).toContainText("表示");
  expect(await list.textContent()).not.toMatch(/石川|イシカワ|2000000001/);
  await page.getByRole("button", { name: "記録が変えられていないか検証する" }).click();
  await expect(page.getByTestId("chain")).toContainText("書かれたときのままです");
  await check(page);
  await picture(page, info, "audit");
});
