/** The progress bar: what a terminal gets, and that nobody else gets anything. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { tqdm, trange } from 'tsorch/tqdm';

/** A stream that takes itself for a terminal of 60 columns and keeps what is written. */
function terminal() {
  let written = '';
  const stream = {
    isTTY: true,
    columns: 80,
    write: (text: string) => {
      written += text;
      return true;
    },
    on: () => stream,
  };
  return { file: stream as unknown as NodeJS.WriteStream, text: () => written };
}

test('a loop through a bar gives the items, and draws the last state with all that was set', () => {
  const { file, text } = terminal();
  const bar = tqdm(['a', 'b', 'c'], { desc: 'train', file });
  const seen: string[] = [];
  for (const item of bar) {
    seen.push(item);
    bar.set_postfix({ loss: 0.123456, item });
  }
  expect(seen).toEqual(['a', 'b', 'c']);
  expect(text()).toMatch(/train: {3}0%\|/);
  expect(text()).toMatch(/train: 100%\|█+\| 3\/3 \[00:00<00:00, [\d.k]+it\/s, loss=0.123, item=c\]/);
  expect(text().endsWith('\n')).toBe(true);
});

test('an async iterable, and one of unknown length', async () => {
  async function* stream() {
    yield 1;
    yield 2;
  }
  const { file, text } = terminal();
  const seen: number[] = [];
  for await (const item of tqdm(stream(), { file, unit: 'batch' })) seen.push(item);
  expect(seen).toEqual([1, 2]);
  expect(text()).toMatch(/2batch \[00:00, [\d.]+batch\/s\]/);
  expect(() => [...tqdm(stream())]).toThrow(/use for await … of/);
});

test('leaving a loop early closes the bar and the iterator under it', () => {
  let closed = false;
  function* source() {
    try {
      yield 1;
      yield 2;
    } finally {
      closed = true;
    }
  }
  const { file, text } = terminal();
  for (const _ of tqdm(source(), { file })) break;
  expect(closed).toBe(true);
  expect(text().endsWith('\n')).toBe(true);
});

test('moved by hand', () => {
  const { file, text } = terminal();
  {
    using bar = tqdm({ total: 2000, unit: 'B', unit_scale: true, initial: 500, file, leave: true });
    bar.set_description('bytes');
    bar.update(1000);
    expect(String(bar)).toMatch(/^bytes: {2}75%\|.*\| 1.50k\/2.00k \[00:00<00:0/);
    bar.reset(4000);
    expect(String(bar)).toMatch(/^bytes: {2}12%\|.*\| 500\/4.00k /);
  }
  expect(text()).toContain('bytes');
});

test('trange counts as range does', () => {
  expect([...trange(3)]).toEqual([0, 1, 2]);
  expect([...trange(2, 8, 3)]).toEqual([2, 5]);
  expect(trange(5, 0, -2).total).toBe(3);
});

test('numbers and times as tqdm writes them', () => {
  const { file } = terminal();
  const now = jest.spyOn(performance, 'now').mockReturnValue(0);
  using bar = tqdm({ total: 123456, unit: 'B', unit_scale: true, file, ncols: 120 });
  bar.update(12345);
  now.mockReturnValue(3725000);
  bar.set_postfix({ whole: 1, half: 0.5, big: 1234.5, small: 1e-7, text: 'x' });
  const values = 'whole=1, half=0.5, big=1.23e+03, small=1e-07, text=x';
  expect(String(bar)).toContain(`| 12.3k/123k [1:02:05<9:18:46, 3.31B/s, ${values}]`);
  now.mockReturnValue(12345 * 2500);
  expect(String(bar)).toContain(', 2.50s/B,');
  now.mockRestore();
});

test('nothing is drawn where nobody watches, and a bar left open holds no process', () => {
  const entry = join(__dirname, '..', '..', '..', 'dist', 'tqdm', 'index.js');
  const code = `
    const { tqdm, trange } = require(${JSON.stringify(entry)});
    for (const _ of trange(1000)) ;
    const open = tqdm({ total: 3 });
    open.update();
    const stream = { isTTY: true, columns: 60, write: () => true, on() {} };
    tqdm({ total: 3, file: stream }).update();`;
  const { status, stderr, stdout } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8', timeout: 20000 });
  expect([status, stderr, stdout]).toEqual([0, '', '']);
});

test('arguments by name, and wrong ones', () => {
  const bar = tqdm({ total: 10, disable: true });
  bar.update({ n: 3 });
  bar.set_description('reading', { refresh: false });
  expect(bar.n).toBe(3);
  expect(() => bar.update('a' as never)).toThrow("tqdm.update(): argument 'n' must be a number, not string");
  expect(() => tqdm([1], { describe: 'x' } as never)).toThrow("tqdm() got an unexpected keyword argument 'describe'");
  expect(() => tqdm(3 as never)).toThrow("tqdm(): argument 'iterable' must be iterable, not number");
});
