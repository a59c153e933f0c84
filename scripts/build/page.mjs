// The page of `tsorch board`, with the packages that it draws with in it: what is installed has no more to load.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../tools/run.mjs';

const from = join(root, 'lib', 'board', 'page');
const to = join(root, 'dist', 'board', 'page');

/** Writes dist/board/page: scripts, style sheet, the licences of what is in them. */
export async function bundlePage() {
  mkdirSync(to, { recursive: true });
  const { metafile } = await build({
    entryPoints: ['page.ts', 'markdown.ts'].map((name) => join(from, name)),
    outdir: to,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    external: ['./markdown.js'], // loaded when there is a text
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    absWorkingDir: root,
  });
  copyFileSync(join(from, 'index.html'), join(to, 'index.html'));
  writeFileSync(join(to, 'LICENSES.txt'), licenses(Object.keys(metafile.inputs)));
}

/** @param {string[]} files */
function licenses(files) {
  const packages = files.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
  const texts = [...new Set(packages)].sort().map((name) => {
    const folder = join(root, 'node_modules', name);
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    if (file === undefined) throw new Error(`${name} has no file with its licence`);
    const text = readFileSync(join(folder, file), 'utf8');
    return `${name}\n\n${text.trim()}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}
