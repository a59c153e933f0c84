/** Starts the ranks of a job as processes on loopback. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
  /** From its start. */
  readonly milliseconds: number;
}

/** A port that was free just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

const python = process.env.PYTHON ?? 'python3';

/** A program of programs/, or with the ending .py of golden/. */
function commandOf(program: string): [command: string, args: string[]] {
  if (!program.endsWith('.py')) return [process.execPath, [join(__dirname, 'programs', `${program}.js`)]];
  return [python, ['-W', 'ignore', join(__dirname, '../../../test/distributed/golden', program)]];
}

export function start(program: string, environment: Record<string, string>): ChildProcess & { ended: Promise<Ended> } {
  const began = Date.now();
  const env = { ...process.env, OMP_NUM_THREADS: '1', ...environment };
  const child = spawn(...commandOf(program), { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, out, err, milliseconds: Date.now() - began }));
  });
  return Object.assign(child, { ended });
}

/** Runs a rank of each program to its end. */
export async function runRanks(
  programs: readonly string[],
  environment: Record<string, string> = {},
): Promise<readonly Ended[]> {
  const port = await freePort();
  const common = { MASTER_ADDR: '127.0.0.1', MASTER_PORT: String(port), WORLD_SIZE: String(programs.length) };
  const ranks = programs.map((program, rank) => start(program, { ...common, RANK: String(rank), ...environment }));
  try {
    return await Promise.all(ranks.map(({ ended }) => ended));
  } finally {
    for (const rank of ranks) rank.kill('SIGKILL');
  }
}

/** The same for programs that print what they find as JSON on their last line. */
export async function resultsOf<Result>(
  programs: readonly string[],
  environment: Record<string, string> = {},
): Promise<Result[]> {
  const ended = await runRanks(programs, environment);
  return ended.map(({ code, out, err }) => {
    if (code !== 0) throw new Error(`a rank ended with ${code}: ${out}${err}`);
    return JSON.parse(out.trim().split('\n').at(-1)!) as Result;
  });
}
