/** A browser for the page, where there is one: `CHROMIUM`, else Debian's `chromium` or Google's Chrome. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome'];
const folders = (process.env.PATH ?? '').split(delimiter);
const installed = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
const executablePath = process.env.CHROMIUM ?? installed;

/** Tests that need a browser: named as skipped, and counted, where it is absent. */
export const withChromium = executablePath === undefined ? test.skip : test;

export function launch(): Promise<Browser> {
  // Chromium refuses its sandbox to root, as which containers run.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: executablePath!, args });
}
