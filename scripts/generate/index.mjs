// Writes lib/generated/ from the yaml files inside libtorch's wheel.
// Usage: node scripts/generate/index.mjs --libtorch DIR [--output DIR]
//        node scripts/generate/index.mjs --native-functions FILE --deprecated FILE

import { mkdirSync, writeFileSync } from 'node:fs';
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
    'operators.json': `${JSON.stringify(operators)}\n`,
    ...typescriptFiles(operators, schemas),
    ...signatureFiles(),
    ...callFiles(),
  };
  mkdirSync(join(sources.output, 'signatures'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(sources.output, name), text);
}

main();
