/** Projects in temporary folders that use the package as an installed one, each with a copy of its own. */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './fakes';

/** What a program printed, and how it ended. */
export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs Node.js in a folder. */
export function runNode(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const { JEST_WORKER_ID: _, NODE_ENV: __, ...own } = process.env; // a test runner inside would take itself for a worker
  const child = spawn(process.execPath, args, { cwd, env: { ...own, ...env } });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve({ code, ...texts }));
  });
}

/** Copies the built package, addon included, to a folder, without what npm would leave out. */
export function copyPackage(folder: string): void {
  const copied = (path: string) => !/\.map$|\.tsbuildinfo$/.test(path);
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true, filter: copied });
  for (const file of ['package.json', 'build/Release/tsorch.node'])
    cpSync(join(root, file), join(folder, file), { recursive: true });
}

/** A project with its files, `tsorch` and packages of this repository; it is removed by `remove`. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'tsorch-project-'));

  constructor(packages: readonly string[] = []) {
    copyPackage(join(this.folder, 'node_modules', 'tsorch'));
    this.write('package.json', '{ "private": true }');
    for (const name of packages) {
      mkdirSync(dirname(join(this.folder, 'node_modules', name)), { recursive: true });
      symlinkSync(join(root, 'node_modules', name), join(this.folder, 'node_modules', name));
    }
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.folder, file)), { recursive: true });
    writeFileSync(join(this.folder, file), text);
  }

  run(...args: string[]): Promise<Outcome> {
    return runNode(this.folder, args);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
