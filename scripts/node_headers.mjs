// Prints the folder of node_api.h for a plain CMake build (cmake-js hands its own over).
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const version = process.versions.node;
const candidates = [
  join(dirname(dirname(process.execPath)), 'include', 'node'),
  ...(require.resolve.paths('node-api-headers') ?? []).map((folder) => join(folder, 'node-api-headers', 'include')),
  join(homedir(), '.cache', 'node-gyp', version, 'include', 'node'),
  '/usr/include/node',
  '/usr/local/include/node',
];
const found = candidates.find((folder) => existsSync(join(folder, 'node_api.h')));
if (found) {
  console.log(found);
} else {
  console.error(
    `node_api.h not found in:\n  ${candidates.join('\n  ')}\nRun \`npm ci\`, or give -DNODE_INCLUDE_DIR=<folder>.`,
  );
  process.exitCode = 1;
}
