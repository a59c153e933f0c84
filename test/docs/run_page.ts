/** Runs the compiled blocks and rows of one page in a process of their own: node run_page.js FOLDER MODULE… */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import torch from 'tsorch';

/** What a module printed, and what its rows gave. */
export interface Run {
  printed: string[];
  rows: Record<string, string>;
}

/** The text of a value that is the same in Python (golden/python.py). */
export function canonical(value: unknown): string {
  if (value instanceof torch.Tensor || value instanceof torch.dtype) return String(value);
  if (typeof value === 'number' || typeof value === 'bigint') return String(Number(Number(value).toPrecision(6)));
  if (typeof value === 'boolean' || value === null) return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(', ')}]`;
  if (value instanceof torch.nn.Module || value instanceof torch.Complex) return String(value);
  if (ArrayBuffer.isView(value)) return canonical([...(value as Float32Array)]);
  return '·';
}

async function run(path: string): Promise<Run> {
  const printed: string[] = [];
  const rows: Run['rows'] = {};
  console.log = (...values: unknown[]) => printed.push(...format(...values).split('\n'));
  torch.set_default_dtype(torch.float32);
  torch.manual_seed(0);
  try {
    const found = (await import(pathToFileURL(path).href)) as Record<string, () => Promise<unknown[]>>;
    for (const [name, row] of Object.entries(found)) {
      torch.manual_seed(0);
      rows[name] = await row().then(canonical, String);
    }
  } catch (error) {
    printed.push(`throws ${error}`);
  }
  return { printed, rows };
}

async function main([folder, ...names]: string[]): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'tsorch-docs-'));
  process.chdir(scratch); // blocks write files
  try {
    const runs: Record<string, Run> = {};
    for (const name of names) runs[name] = await run(join(folder!, name));
    process.stdout.write(JSON.stringify(runs), () => process.exit(0));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

if (require.main === module) main(process.argv.slice(2));
