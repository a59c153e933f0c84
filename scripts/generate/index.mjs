// Writes lib/generated/ from the yaml files inside libtorch's wheel, and lib/*/generated/ from the signatures of Python's.
// Usage: node scripts/generate/index.mjs --libtorch DIR [--output DIR]
//        node scripts/generate/index.mjs --native-functions FILE --deprecated FILE

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readDeprecated } from './deprecated.mjs';
import { readNativeFunctions } from './native-functions.mjs';
import { buildOperators } from './operators.mjs';
import { callFiles } from './python/calls.mjs';
import { signatureFiles } from './python/typescript.mjs';
import { operatorName } from './schema.mjs';
import { parseCommandLine } from './sources.mjs';
import { typescriptFiles } from './typescript/interfaces.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

function main() {
  const sources = parseCommandLine(process.argv.slice(2), root);
  const natives = readNativeFunctions(sources.nativeFunctions);
  const operators = buildOperators(natives, readDeprecated(sources.deprecated));
  const schemas = new Map(natives.map(({ schema }) => [operatorName(schema), schema]));
  const files = {
    'generated/operators.json': `${JSON.stringify(operators)}\n`,
    ...Object.fromEntries(
      Object.entries(typescriptFiles(operators, schemas)).map(([name, text]) => [`generated/${name}`, text]),
    ),
    ...signatureFiles(),
    ...callFiles(),
  };
  const folders = new Set(Object.keys(files).map((name) => join(sources.output, dirname(name))));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true }); // what an older generator wrote
  for (const [name, text] of Object.entries(files)) {
    const path = join(sources.output, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

main();
