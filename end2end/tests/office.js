// An office for the tests: the real program on an empty SQLite database, one per worker and city.
import { test as base, expect } from "@playwright/test";
import { spawn, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

export const ROOT = resolve(import.meta.dirname ?? ".", "../..");
const KOKUHO = join(ROOT, "target/debug/kokuho");
const PARTNERS = join(ROOT, "target/debug/kokuho-partners");
export const PASSWORD = "tsukue-hikari-42-sora";

/** Starts a server; `files` is whether the demonstration city is already taken in. */
async function start(folder, municipality, { demo, today = "2026-06-10", year = "2026" }) {
  const common = ["--database", `sqlite:${folder}/kokuho.db`, "--keys", `${folder}/keys`, "--municipality", municipality, "--today", today];
  if (demo) {
    execFileSync(KOKUHO, [...common, "demo", "--households", "60", "--out", folder, "--import"], { stdio: "pipe" });
  } else {
    execFileSync(KOKUHO, [...common, "demo", "--accounts", "--households", "60", "--fiscal-year", year, "--out", folder], { stdio: "pipe" });
  }
  const child = spawn(KOKUHO, [...common, "serve", "--listen", "127.0.0.1:0", "--dist", join(ROOT, "dist"), "--fonts", ROOT, "--exchange", `${folder}/exchange`], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (bytes) => { log += bytes; });
  const lines = createInterface({ input: child.stdout });
  const url = await new Promise((found, failed) => {
    lines.once("line", found);
    child.once("exit", (code) => failed(new Error(`the server ended with ${code}: ${log}`)));
  });
  const kokuho = (words, input = "") => execFileSync(KOKUHO, [...common, ...words], { input, encoding: "utf8", stdio: "pipe" }).trim();
  /** The other offices answer what lies there. */
  const partners = () => execFileSync(PARTNERS, ["--exchange", `${folder}/exchange`, "--residents", `${folder}/residents.csv`, "--once"], { stdio: "pipe" });
  return { url, folder, child, kokuho, partners, log: () => log };
}

/** Waits for the end of the program, which writes into its folder until then. */
async function stop(office) {
  office.child.removeAllListeners("exit");
  if (office.child.exitCode === null) {
    const ended = once(office.child, "exit");
    office.child.kill();
    await ended;
  }
  rmSync(office.folder, { recursive: true, force: true });
}

const office = (municipality, demo) => [
  async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), "kokuho-browser-"));
    const started = await start(folder, municipality, { demo });
    await use(started);
    await stop(started);
  },
  { scope: "worker" },
];

export const test = base.extend({
  /** 大阪市 with its demonstration city. */
  osaka: office("27100", true),
  /** 大阪市 with accounts and files, nothing taken in. */
  empty: [
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), "kokuho-browser-"));
      const started = await start(folder, "27100", { demo: false });
      await use(started);
      await stop(started);
    },
    { scope: "test" },
  ],
  /** 名古屋市 in April, with the files of last year. */
  nagoya: [
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), "kokuho-browser-"));
      const started = await start(folder, "23100", { demo: false, today: "2026-04-10", year: "2025" });
      await use(started);
      await stop(started);
    },
    { scope: "test" },
  ],
  izumisano: office("27213", false),
  shinjuku: office("13104", false),
  /** Every error that the page reports; a test fails on the first. */
  page: async ({ page }, use) => {
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      const ours = message.type() === "error" && !/the server responded with a status of (401|404|409|422)/.test(message.text())
        && !/net::ERR_(INTERNET_DISCONNECTED|FAILED|CONNECTION)/.test(message.text());
      if (ours) errors.push(message.text());
    });
    await use(page);
    expect(errors).toEqual([]);
  },
});

export { expect };

let users = 0;

/** Adds somebody who has never signed in, as a demonstration may; every test has people of its own. */
export function addUser(office, { role = "supervisor", ward = "", factor = true } = {}) {
  users += 1;
  const login = `user-${process.pid}-${users}`;
  const words = ["admin", "set-user", login, `担当${users}`, "--role", role, "--ward", ward];
  office.kokuho(factor ? [...words, "--factor"] : words, `${PASSWORD}\n`);
  return login;
}

/** The code of a login's second factor; each is accepted once, so a later sign-in takes a later one. */
export function codeOf(office, login, steps = 0) {
  return office.kokuho(["admin", "code", login, "--steps", String(steps)]);
}

/** Fills the fields of the sign-in. */
export async function enter(page, login, code, password = PASSWORD) {
  await page.getByLabel("利用者名").fill(login);
  await page.getByLabel("パスワード").fill(password);
  await page.getByLabel("確認コード（6桁）").fill(code);
  await page.getByRole("button", { name: "サインイン" }).click();
}

/** Signs somebody new in on the page and returns the login. */
export async function signIn(page, office, options = {}) {
  const login = addUser(office, options);
  await page.goto(`${office.url}/`);
  await enter(page, login, codeOf(office, login));
  await expect(page.locator("#user-menu")).toBeVisible();
  return login;
}

/** The rail's item behind which a page lies. */
const ROOMS = {
  "nav-queue": "nav-eligibility", "nav-renewals": "nav-eligibility", "nav-duplicates": "nav-eligibility",
  "nav-runs": "nav-assessment", "nav-pensions": "nav-assessment", "nav-whatif": "nav-assessment",
  "nav-inquiries": "nav-linkage", "nav-exchange": "nav-linkage", "nav-imports": "nav-linkage",
  "nav-accounts": "nav-admin", "nav-audit": "nav-admin",
};

/** Goes to a page as a clerk does: the room in the rail, then the page in it. */
export async function go(page, id) {
  const room = page.locator(`#${ROOMS[id] ?? id}`);
  await expect(page.locator("#user-menu")).toBeVisible();
  if (!(await room.isVisible())) await page.getByRole("button", { name: "メニュー" }).click();
  await room.click();
  if (!ROOMS[id]) return;
  await expect(page.locator(`#${ROOMS[id]}`)).toHaveAttribute("aria-current", /true|page/);
  const tab = page.locator(`#${id}`);
  if (await tab.count()) await tab.click();
}

/** Starts a run, after having read what it would do. */
export async function begin(page, name) {
  await page.getByRole("button", { name }).click();
  await expect(page.getByTestId("question")).toBeVisible();
  await page.locator("#question-yes").click();
}

/** Another supervisor releases what waits, and looks at it. */
export async function release(page, office) {
  await expect(page.getByTestId("run-request")).toContainText("申請した本人は承認できません");
  await signOut(page);
  await signIn(page, office);
  await go(page, "nav-renewals");
  await page.getByLabel("確かめた内容").fill("件数を確かめた");
  await page.getByRole("button", { name: "承認して始める" }).click();
  await page.getByTestId("toast").getByRole("link", { name: "進み具合を見る" }).click();
}

/** Opens one list of 要処理. */
export async function waiting(page, kind) {
  await go(page, "nav-queue");
  await page.getByTestId(kind).getByRole("link").click();
  const list = page.getByTestId("queue-list");
  await expect(list.getByRole("row").nth(1)).toBeVisible();
  return list;
}

/** Signs out at the menu of who is signed in. */
export async function signOut(page) {
  await page.locator("#user-menu").click();
  await page.locator("#sign-out").click();
}

/** Goes to a section of the household's page. */
export async function section(page, key) {
  await page.locator(`#section-${key}`).click();
  const found = page.getByTestId(`section-${key}`);
  await expect(found).toBeVisible();
  return found;
}

/** Where the parts of a household's page stand. */
const PARTS = {
  notices: "notification", inquiries: "inquiries", documents: "papers", timeline: "history", reliefs: "premium",
  facilities: "people", students: "people", numbers: "people",
};

/** A part of the household's page, its fold opened where it has one. */
export async function part(page, name) {
  await section(page, PARTS[name]);
  const found = page.getByTestId(name);
  await expect(found).toBeVisible();
  if (await found.evaluate((element) => element.tagName === "DETAILS" && !element.open)) await found.locator("summary").first().click();
  return found;
}

/** Opens the panel in which facts are changed. */
export async function edit(page) {
  await page.locator("#edit-facts").click();
  const panel = page.getByTestId("edit-panel");
  await expect(panel).toBeVisible();
  return panel;
}

/** Opens the panel at the first person who is insured. */
export async function editInsured(page) {
  const panel = await edit(page);
  const special = panel.locator("details.special:visible");
  for (const tab of await panel.locator(".person-tab").all()) {
    if (await special.count()) break;
    await tab.click();
  }
  await expect(special).toBeVisible();
}

/** Saves what the panel holds. */
export async function save(page, reason) {
  await page.getByLabel("異動の理由").fill(reason);
  await page.getByRole("button", { name: "異動を保存" }).click();
}

/** Decides, after having read what will be booked. */
export async function decide(page) {
  await section(page, "premium");
  await page.locator("#decide").click();
  await expect(page.getByTestId("question")).toBeVisible();
  await page.locator("#decide-now").click();
}

/** Types two keys into the line of the search. */
export async function find(page, number, name) {
  await page.locator("#top-search").fill(`${number} ${name}`);
  await page.locator("#top-search").press("Enter");
}

/** Finds by two keys and opens the first household. */
export async function open(page, number, name) {
  await find(page, number, name);
  await page.locator("#found-0").click();
  await expect(page.getByTestId("preview-total")).toBeVisible();
}

/** Keeps a picture of the whole page under `target/pictures/`. */
export async function picture(page, info, name) {
  await page.screenshot({ path: join(ROOT, "target/pictures", `${name}-${info.project.name}.png`), fullPage: true });
}

/** The lines of one of the demonstration city's files, decoded. */
export function yenOf(text) {
  return Number(text.replace(/[^0-9]/g, ""));
}

/** Keeps a picture of what a flow shows; `KOKUHO_DOCS=1` renews those of docs/FLOWS.md. */
export async function flow(target, info, name) {
  const folder = process.env.KOKUHO_DOCS ? "docs/flows" : "target/pictures";
  if (process.env.KOKUHO_DOCS && info.project.name !== "desktop") return;
  const end = process.env.KOKUHO_DOCS ? "" : `-${info.project.name}`;
  await target.screenshot({ path: join(ROOT, folder, `${name}${end}.jpg`), type: "jpeg", quality: 60 });
}

/** A household of the demonstration city by its place among those with a younger head and two people or more. */
export function household(office, place, bornFrom = "1965-01-01") {
  const text = new TextDecoder("shift_jis").decode(readFileSync(join(office.folder, "residents.csv")));
  const rows = text.trim().split(/\r?\n/).slice(1).map((line) => line.split(","));
  const sizes = new Map();
  rows.forEach((row) => sizes.set(row[1], (sizes.get(row[1]) ?? 0) + 1));
  const heads = rows.filter((row) => row[2] === "1" && sizes.get(row[1]) >= 2 && row[6] >= bornFrom);
  const head = heads[place % heads.length];
  return { number: head[1], kana: head[5].split(/[ 　]/)[0], resident: head[0], birth: head[6] };
}

/** Takes in the three files of a city at the screen. */
export async function takeInAll(page, files) {
  await go(page, "nav-imports");
  for (const kind of ["residents", "incomes", "eligibility"]) {
    const buffer = Buffer.from(files[kind], "utf8");
    await page.locator(`#file-${kind}`).setInputFiles({ name: `${kind}.csv`, mimeType: "text/csv", buffer });
    await page.locator(`#import-${kind}`).click();
    await expect(page.getByTestId("import-result")).toContainText(`${kind}.csv`);
  }
}
