/** The tables that scripts/generate makes from libtorch's own list of functions. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SignatureEntry } from './signature';

export type Namespace = 'torch' | 'nn' | 'linalg' | 'fft' | 'special' | 'sparse' | 'nested';

interface Tables {
  readonly functions: Readonly<Record<Namespace, Readonly<Record<string, readonly SignatureEntry[]>>>>;
  readonly methods: Readonly<Record<string, readonly SignatureEntry[]>>;
  /** The names of the results of an overload that PyTorch returns as a named tuple. */
  readonly results: Readonly<Record<string, readonly string[]>>;
}

export const tables = JSON.parse(readFileSync(join(__dirname, '..', 'generated', 'operators.json'), 'utf8')) as Tables;
