// The first step of npm start and npm test, in a fresh clone too: npm packages, libtorch, the build. Without
// dependencies of its own, as there may be none yet. Seconds when all is there.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { locked } from './tools/lock.mjs';
import { node, root, run, script } from './tools/run.mjs';

const lockfile = join(root, 'package-lock.json');
const installed = join(root, 'node_modules', '.package-lock.json');
const stamp = join(root, 'out', 'npm-ci.sha256');
const digest = () => createHash('sha256').update(readFileSync(lockfile)).digest('hex');

function packagesAreFresh() {
  if (!existsSync(installed)) return false;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest()) return true;
  return statSync(installed).mtimeMs >= statSync(lockfile).mtimeMs;
}

async function installPackages() {
  if (packagesAreFresh()) return;
  console.error('tsorch: installing npm packages');
  await run('npm', ['ci', '--no-audit', '--no-fund']);
  mkdirSync(join(root, 'out'), { recursive: true });
  writeFileSync(stamp, digest());
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major * 100 + minor < 2017) throw new Error(`Node.js ${process.versions.node} is too old: need 20.17 or later`);
}

await script(async () => {
  checkNode();
  const waiting = () => console.error('tsorch: another process is installing npm packages here; waiting for it');
  await locked(join(root, 'out', 'setup.lock'), waiting, installPackages);
  await node('scripts/build.mjs');
});
