// node-gyp's build step: leaves the addon where node-gyp expects it.
import { resolve } from 'node:path';
import { buildAddon } from './tools/cmake.mjs';
import { script } from './tools/run.mjs';

await script(() => buildAddon(resolve(process.argv[2])));
