// Random requests to every route of the API description, as people of three roles, on the
// demonstration city. A server error of any of them is a defect.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const ROOT = resolve(import.meta.dirname, "..");
const KOKUHO = join(ROOT, "target/debug/kokuho");
const [schemathesis, examples = "50", seed = "1"] = process.argv.slice(2);
const ROLES = ["supervisor", "system_admin", "privacy_officer"];
const PASSWORD = "tsukue-hikari-42-sora";

const folder = mkdtempSync(join(tmpdir(), "kokuho-fuzz-"));
const common = ["--database", `sqlite:${folder}/kokuho.db`, "--keys", `${folder}/keys`, "--today", "2026-06-10"];
const kokuho = (words, input = "") => execFileSync(KOKUHO, [...common, ...words], { input, encoding: "utf8", stdio: "pipe" }).trim();

async function serve() {
  const child = spawn(KOKUHO, [...common, "serve", "--listen", "127.0.0.1:0", "--dist", join(ROOT, "dist"), "--fonts", ROOT], { stdio: ["ignore", "pipe", "inherit"] });
  const url = await new Promise((found) => createInterface({ input: child.stdout }).once("line", found));
  return { child, url };
}

/** Signs somebody new in and returns the cookie. */
async function signIn(url, role) {
  kokuho(["admin", "set-user", role, role, "--role", role, "--factor"], `${PASSWORD}\n`);
  const body = JSON.stringify({ login: role, password: PASSWORD, code: kokuho(["admin", "code", role]) });
  const headers = { "content-type": "application/json", "x-kokuho": "1", origin: url };
  const answer = await fetch(`${url}/api/session`, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`sign-in as ${role}: ${answer.status} ${await answer.text()}`);
  return answer.headers.get("set-cookie").split(";")[0];
}

kokuho(["demo", "--households", "60", "--out", folder, "--import"]);
const run = kokuho(["yearly", "--fiscal-year", "2026"]);
kokuho(["worker", "--until-idle", "--fonts", ROOT]);
kokuho(["letters", run]);
kokuho(["worker", "--until-idle", "--fonts", ROOT]);
const { child, url } = await serve();
let failed = 0;
for (const role of ROLES) {
  console.log(`== ${role}`);
  const cookie = await signIn(url, role);
  const words = [
    "run", `${url}/api/openapi.json`, "--url", url, "--checks", "not_a_server_error",
    "--phases", "examples,coverage,fuzzing", "--max-examples", examples, "--seed", seed,
    // Signing out would end the session that all others need.
    "--exclude-path", "/api/session", "--exclude-path", "/api/sessions", "--exclude-path", "/api/accounts/{login}/suspension",
    "--exclude-path", "/api/accounts/{login}/sessions/{id}", "--exclude-path", "/api/sessions/{id}",
    // A stream ends when its job does.
    "--exclude-path-regex", "events$",
    "--suppress-health-check", "all", "--warnings", "off", "--no-color",
    "--header", `Cookie: ${cookie}`, "--header", "x-kokuho: 1", "--header", `Origin: ${url}`,
  ];
  failed += spawnSync(schemathesis, words, { stdio: "inherit", cwd: folder }).status === 0 ? 0 : 1;
}
child.kill();
rmSync(folder, { recursive: true, force: true });
console.log(`${ROLES.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
