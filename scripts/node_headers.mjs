// node_headers.mjs [node_api.h|napi.h]: prints the folder of that header, Node-API's own or that of its C++ classes, for
// the CMake build (cmake-js hands the first one over).
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const version = process.versions.node;

/** The folder of an npm package, if it is installed. @param {string} name */
function installed(name) {
  try {
    return [dirname(require.resolve(`${name}/package.json`))];
  } catch {
    return [];
  }
}

/** Where each header may be, and the option that names its folder. */
const headers = {
  'node_api.h': {
    option: 'NODE_INCLUDE_DIR',
    candidates: [
      join(dirname(dirname(process.execPath)), 'include', 'node'),
      ...installed('node-api-headers').map((folder) => join(folder, 'include')),
      join(homedir(), '.cache', 'node-gyp', version, 'include', 'node'),
      '/usr/include/node',
      '/usr/local/include/node',
    ],
  },
  'napi.h': {
    option: 'NODE_ADDON_API_DIR',
    candidates: installed('node-addon-api'),
  },
};

const header = process.argv[2] === 'napi.h' ? 'napi.h' : 'node_api.h';
const { candidates, option } = headers[header];
const found = candidates.find((folder) => existsSync(join(folder, header)));
if (found) {
  console.log(found);
} else {
  console.error(`${header} not found in:\n  ${candidates.join('\n  ')}\nRun \`npm ci\`, or give -D${option}=<folder>.`);
  process.exitCode = 1;
}
