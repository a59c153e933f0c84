/** Programs that esbuild, webpack and vite have bundled: with the package inside they say what to do, without it they run. */
import { join } from 'node:path';
import { root } from './fakes';
import { Project } from './projects';

const program = `
  import torch, { nn } from 'tsorch';
  import { relu } from 'tsorch/nn/functional';
  console.log(String(relu(torch.ones(2)).add(1)), new nn.Linear(2, 1)(torch.ones(2)).shape);`;

/** Bundles main.mjs in a process of its own: the bundlers do not run inside jest. */
const bundler = (library: string, call: string) => `
  const bundler = require(${JSON.stringify(join(root, 'node_modules', library))});
  ${call}`;

const esbuild = (format: string, external: string[]) =>
  bundler(
    'esbuild',
    `bundler.build({ entryPoints: ['main.mjs'], bundle: true, platform: 'node', format: '${format}', outfile: 'out.${format === 'esm' ? 'mjs' : 'cjs'}',
       external: ${JSON.stringify(external)}, logLevel: 'silent' });`,
  );
const webpack = (settings: string) =>
  bundler(
    'webpack',
    `bundler({ mode: 'none', target: 'node', context: __dirname, entry: './main.mjs',
       output: { path: __dirname, filename: 'out.cjs' }, ${settings} }, (error, stats) => {
         if (error || stats.hasErrors()) throw error ?? new Error(stats.toString());
       });`,
  );
const vite = (settings: string) =>
  bundler(
    'vite/dist/node/index.js',
    `bundler.build({ configFile: false, root: __dirname, logLevel: 'silent', ssr: { ${settings} },
       build: { ssr: 'main.mjs', outDir: 'out', rollupOptions: { output: { entryFileNames: 'main.mjs' } } } });`,
  );

const left = "externalsType: 'commonjs', externals: [/^tsorch(\\/|$)/]";
const inside = [
  ['esbuild, CommonJS', 'out.cjs', esbuild('cjs', [])],
  ['esbuild, ES modules', 'out.mjs', esbuild('esm', [])],
  ['webpack', 'out.cjs', webpack('')],
  ['vite', 'out/main.mjs', vite('noExternal: true')],
] as const;
const outside = [
  ['esbuild, CommonJS', 'out.cjs', esbuild('cjs', ['tsorch'])],
  ['esbuild, ES modules', 'out.mjs', esbuild('esm', ['tsorch'])],
  ['webpack', 'out.cjs', webpack(left)],
  ['vite', 'out/main.mjs', vite("external: ['tsorch']")],
] as const;

let project: Project;
beforeAll(() => {
  project = new Project();
  project.write('main.mjs', program);
});
afterAll(() => project.remove());

async function bundled(file: string, script: string) {
  project.write('bundle.cjs', script);
  const { code, stderr } = await project.run('bundle.cjs');
  expect([code, stderr]).toEqual([0, '']);
  return project.run(file);
}

test.each(inside)(
  '%s, inside',
  async (_, file, script) => {
    const { code, stderr } = await bundled(file, script);
    expect(stderr).toContain('tsorch is inside a bundle');
    for (const line of ['--external:tsorch', "externalsType: 'commonjs'", "serverExternalPackages: ['tsorch']"])
      expect(stderr).toContain(line);
    expect(code).not.toBe(0);
  },
  120_000,
);

test.each(outside)(
  '%s, left out',
  async (_, file, script) => {
    const { stdout, stderr } = await bundled(file, script);
    expect([stdout, stderr]).toEqual(['tensor([2., 2.]) [ 1 ]\n', '']);
  },
  120_000,
);
