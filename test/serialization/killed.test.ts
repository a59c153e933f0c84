/** A process that is killed while it saves leaves the old file or the new one, in every format. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch, { type Tensor } from 'tsorch';
import * as numpy from 'tsorch/numpy';
import { load_file } from 'tsorch/safetensors';

const ROUNDS = Number(process.env.TSORCH_KILLS ?? 10);
const SEED = 2013;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsorch-killed-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const program = `
  const dist = ${JSON.stringify(join(__dirname, '../../../dist'))};
  const { default: torch } = require(dist + '/entries/main');
  const numpy = require(dist + '/numpy');
  const { save_file } = require(dist + '/safetensors');
  const x = torch.zeros(200000);
  for (let i = 1; ; i++) {
    x.fill_(i);
    torch.save({ i: torch.tensor(i), x }, 'file.pt');
    save_file({ i: torch.tensor(i), x }, 'file.safetensors');
    numpy.savez('file.npz', { i: torch.tensor(i), x });
    if (i === 1) process.stdout.write('saved');
  }`;

type Values = { i: Tensor; x: Tensor };

const readers: Record<string, (path: string) => Values> = {
  'file.pt': (path) => torch.load<Values>(path),
  'file.safetensors': (path) => load_file(path) as Values,
  'file.npz': (path) => {
    using archive = numpy.load(path) as numpy.NpzFile;
    return { i: archive.get('i'), x: archive.get('x') };
  },
};

async function killAfter(milliseconds: number): Promise<void> {
  const child = spawn(process.execPath, ['-e', program], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('close', () => reject(new Error('it ended before it saved')));
  });
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('close', resolve));
}

test(`${ROUNDS} times (seed ${SEED})`, async () => {
  let state = SEED;
  for (let round = 0; round < ROUNDS; round++) {
    state = (state * 48271) % 2147483647;
    await killAfter(state % 150);
    for (const [name, read] of Object.entries(readers)) {
      const { i, x } = read(join(folder, name));
      expect(x.eq(i.item()).all().item()).toBe(true);
    }
  }
  const others = readdirSync(folder).filter((name) => !(name in readers));
  for (const name of others) expect(name).toMatch(/^\.file\.\w+\.\d+\.[0-9a-f]{12}\.tmp$/);
}, 1200_000);

test('what a killed process left goes when the file is saved again', () => {
  torch.save(1, join(folder, 'again.pt'));
  const left = join(folder, '.again.pt.999999999.0123456789ab.tmp');
  torch.save(1, left);
  torch.save(2, join(folder, 'again.pt'));
  expect(readdirSync(folder)).toContain('.again.pt.999999999.0123456789ab.tmp'); // perhaps of another machine
  const old = new Date(Date.now() - 60_000);
  utimesSync(left, old, old);
  torch.save(3, join(folder, 'again.pt'));
  expect(readdirSync(folder)).not.toContain('.again.pt.999999999.0123456789ab.tmp');
});
