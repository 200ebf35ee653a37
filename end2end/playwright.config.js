// The pages in real Chromium, at the width of a counter's screen and of a telephone.
import { defineConfig } from "@playwright/test";

const chromium = {
  browserName: "chromium",
  locale: "ja-JP",
  timezoneId: "Asia/Tokyo",
  launchOptions: {
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  },
};

export default defineConfig({
  testDir: "tests",
  outputDir: "../target/browser",
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  // Three times what the slowest takes here: a shared machine is that much slower.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: { trace: "retain-on-failure", screenshot: "only-on-failure" },
  projects: [
    { name: "desktop", use: { ...chromium, viewport: { width: 1366, height: 768 } } },
    // Once is enough for what has no width: bytes, hashes, service workers.
    { name: "telephone", testIgnore: /(identity|sizes)\.spec\.js/, use: { ...chromium, viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true } },
  ],
});
