/**
 * Whether a bundler has put this file into another, and what to do about it: the native addon, the tables and the programs of
 * worker threads lie beside the files of the package, and a bundle leaves them behind. Every entry loads this first.
 */

/** The line that leaves a package out of the bundle. */
const settings = {
  esbuild: '--external:tsorch',
  webpack: "externalsType: 'commonjs', externals: [/^tsorch(\\/|$)/]",
  ncc: '--external tsorch, and so each sub-path: --external tsorch/nn',
  rollup: 'external: [/^tsorch(\\/|$)/]',
  vite: "ssr: { external: ['tsorch'] }",
  'Next.js': "serverExternalPackages: ['tsorch']",
};

function isBundled(): boolean {
  return typeof __filename === 'undefined' || !/[\\/]dist[\\/]base[\\/]bundled\.js$/.test(__filename);
}

/** What to say when the package does not work where it is; undefined when that is not because of a bundler. */
export function bundled(): string | undefined {
  if (!isBundled()) return undefined;
  const lines = Object.entries(settings).map(([name, line]) => `  ${name.padEnd(8)} ${line}`);
  return [
    'tsorch is inside a bundle, where its native addon is not. Leave it out, and install it where the bundle runs:',
    ...lines,
    'docs/deploying.md of the package has more.',
  ].join('\n');
}

// A bundle of ES modules lacks `require` or `__dirname`, and the first use of either would say only that.
try {
  require('node:fs');
  void __dirname;
} catch (cause) {
  throw new Error(bundled(), { cause });
}
