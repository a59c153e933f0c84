import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export type SignatureEntry = [python: string, operator: string, out?: string | null, call?: string[]];
export type Table = Record<string, SignatureEntry[]>;

export interface Operators {
  functions: Record<string, Table>;
  methods: Table;
  results: Record<string, string[]>;
}

export interface Generated {
  operators: Operators;
  functions: string;
  methods: string;
  results: string;
}

const project = resolve(__dirname, '..', '..', '..');

function readGenerated(folder: string): Generated {
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  return {
    operators: JSON.parse(read('operators.json')) as Operators,
    functions: read('functions.ts'),
    methods: read('methods.ts'),
    results: read('results.ts'),
  };
}

/** What the build generated from the libtorch it found. */
export function generatedFromLibtorch(): Generated {
  return readGenerated(join(project, 'lib', 'generated'));
}

/** Runs the generator on schemas given as text. */
export function generate(nativeFunctions: string, deprecated = '[]'): Generated {
  const folder = mkdtempSync(join(tmpdir(), 'generate-'));
  try {
    writeFileSync(join(folder, 'native_functions.yaml'), nativeFunctions);
    writeFileSync(join(folder, 'deprecated.yaml'), deprecated);
    const script = join(project, 'scripts', 'generate', 'index.mjs');
    const files = ['--native-functions', 'native_functions.yaml', '--deprecated', 'deprecated.yaml', '--output', 'out'];
    execFileSync(process.execPath, [script, ...files], { cwd: folder, stdio: 'pipe' });
    return readGenerated(join(folder, 'out', 'generated'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
