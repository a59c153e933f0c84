/** Two copies of the package in one process, as nested versions are: each works, and they tell each other apart. */
import { join } from 'node:path';
import { root, temporaryFolder } from './fakes';
import { copyPackage, runNode } from './projects';

const second = join(temporaryFolder(), 'second copy');
const main = (folder: string) => JSON.stringify(join(folder, 'dist', 'entries', 'main.js'));
beforeAll(() => copyPackage(second));

async function run(body: string): Promise<string> {
  const program = `const a = require(${main(root)}); const b = require(${main(second)}); ${body}`;
  const { code, stdout, stderr } = await runNode(root, ['-e', program]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout.trim();
}

test('memory of either is collected, and both count it', async () => {
  const peaks = await run(`
    const peak = (torch) => {
      let most = 0;
      for (let i = 0; i < 500; i++) {
        torch.ones(1 << 20);
        most = Math.max(most, a.memory_stats().bytes, b.memory_stats().bytes);
      }
      return most / 2 ** 20;
    };
    console.log(JSON.stringify([peak(a), peak(b), peak(a)]));`);
  for (const peak of JSON.parse(peaks)) expect(peak).toBeLessThan(200); // of 2000 MiB
  const counted = await run(`
    a.gc(); b.gc();
    const before = [a, b].map((torch) => torch.memory_stats().bytes);
    const x = a.ones(1 << 18), y = b.ones(1 << 10);
    const between = [a, b].map((torch, i) => torch.memory_stats().bytes - before[i]);
    x.dispose(); y.dispose();
    const after = [a, b].map((torch, i) => torch.memory_stats().bytes - before[i]);
    console.log(JSON.stringify({ between, after }));`);
  const { between, after } = JSON.parse(counted);
  expect(between[0]).toBeGreaterThanOrEqual((1 << 20) + (1 << 12));
  expect(between[1]).toBe(between[0]);
  expect(after).toEqual([0, 0]);
});

test('both train', async () => {
  const results = await run(`
    const train = (torch) => {
      torch.manual_seed(0);
      const model = new torch.nn.Sequential(new torch.nn.Linear(4, 8), new torch.nn.ReLU(), new torch.nn.Linear(8, 1));
      const optimizer = new torch.optim.Adam(model.parameters(), { lr: 0.1 });
      for (let i = 0; i < 20; i++) {
        optimizer.zero_grad();
        model(torch.ones(2, 4)).sub(1).square().mean().backward();
        optimizer.step();
      }
      return model(torch.ones(1, 4)).item();
    };
    console.log(JSON.stringify([train(a), train(b), train(a)]));`);
  const [first, other, again] = JSON.parse(results);
  expect(other).toBe(first);
  expect(again).toBe(first);
});

test.each([
  ['one after the other', 'for (const name of ["a", "b"]) await work([name]);'],
  ['the other way round', 'for (const name of ["b", "a"]) await work([name]);'],
  ['together', 'await work(["a", "b"]); await work(["b", "a"]);'],
])('both have random streams in workers, %s', async (_, order) => {
  const worker = `
    const { parentPort, workerData } = require('node:worker_threads');
    const [first, other] = workerData.map((file) => require(file));
    first.manual_seed(3);
    const x = first.randn(2).tolist();
    if (other) other.manual_seed(3);
    parentPort.postMessage([x, ...(other ? [other.randn(2).tolist()] : [])]);`;
  const text = await run(`
    const { Worker } = require('node:worker_threads');
    const files = { a: ${main(root)}, b: ${main(second)} };
    const work = (names) => new Promise((resolve, reject) => {
      const worker = new Worker(${JSON.stringify(worker)}, { eval: true, workerData: names.map((name) => files[name]) });
      worker.once('error', reject).once('message', (drawn) => results.push(...drawn)).once('exit', resolve);
    });
    const results = [];
    (async () => {
      a.manual_seed(3);
      const expected = a.randn(2).tolist();
      a.manual_seed(4);
      const next = a.randn(1).item();
      a.manual_seed(4);
      ${order}
      console.log(JSON.stringify({ expected, results, undisturbed: a.randn(1).item() === next }));
    })();`);
  const { expected, results, undisturbed } = JSON.parse(text);
  expect(results.length).toBeGreaterThan(1);
  for (const result of results) expect(result).toEqual(expected);
  expect(undisturbed).toBe(true);
});

test('what one has made the other refuses, and says where both lie', async () => {
  const attempts = {
    operator: 'a.ones(2).add(b.ones(2))',
    function: 'a.matmul(b.ones(2), a.ones(2))',
    list: 'a.cat([b.ones(2), a.ones(2)])',
    dtype: 'a.ones(2, { dtype: b.int64 })',
    module: 'new a.nn.Sequential(new b.nn.ReLU())',
    parameter: 'new a.optim.SGD(new b.nn.Linear(2, 1).parameters(), { lr: 1 })',
  };
  const text = await run(`
    const messages = {};
    const attempts = { ${Object.entries(attempts)
      .map(([name, code]) => `${JSON.stringify(name)}: () => ${code}`)
      .join(', ')} };
    for (const [name, attempt] of Object.entries(attempts)) {
      try { attempt(); messages[name] = 'accepted'; } catch (error) { messages[name] = error.message; }
    }
    console.log(JSON.stringify(messages));`);
  const messages = JSON.parse(text) as Record<string, string>;
  for (const name of Object.keys(attempts)) {
    expect(messages[name]).toContain(`of another copy of tsorch (${second}, not ${root})`);
  }
});
