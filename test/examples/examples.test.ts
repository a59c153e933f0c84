import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch, { type Tensor } from 'tsorch';
import { read_image } from 'tsorch/vision/io';

const root = join(__dirname, '..', '..', '..');

function start(...args: string[]): string {
  return execFileSync(process.execPath, [join(root, 'scripts', 'dev', 'start.mjs'), ...args], {
    encoding: 'utf8',
    cwd: root,
  });
}

interface Run {
  printed: string;
  /** The files it wrote. */
  files: string[];
  weights(name: string): Record<string, Tensor>;
  /** Sizes [channels, height, width] of a PNG. */
  size(name: string): number[];
  /** The number that the pattern's group finds in what was printed. */
  number(pattern: RegExp): number;
}

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'tsorch-example-'));
});
afterEach(() => rmSync(out, { recursive: true }));

/** Runs an example; every SVG that it writes must be one, and it must say where its files are. */
function run(name: string, ...args: string[]): Run {
  const printed = start(name, ...args, '--out', out);
  const files = readdirSync(out).filter((file) => file.includes('.'));
  for (const file of files.filter((each) => each.endsWith('.svg')))
    expect(readFileSync(join(out, file), 'utf8')).toMatch(/^<svg .*<\/svg>\s*$/s);
  expect(printed).toMatch(/^wrote /m);
  return {
    printed,
    files: files.sort(),
    weights: (file) => torch.load(join(out, file)),
    size: (file) => read_image(join(out, file)).shape,
    number: (pattern) => {
      expect(printed).toMatch(pattern);
      return Number(pattern.exec(printed)![1]);
    },
  };
}

test('help lists every example with its options', () => {
  const help = start('--help');
  expect(help).toMatch(/mnist \(default\): a convolutional network/);
  expect(help).toMatch(/--batch-size <value> +images a step \(default: 64\)/);
  expect(help).toMatch(/regression: linear regression/);
  const programs = readdirSync(join(root, 'examples')).filter((file) => file.endsWith('.ts'));
  for (const file of programs) expect(help).toMatch(new RegExp(`^  ${file.slice(0, -3)}( \\(default\\))?: `, 'm'));
});

test('regression finds the weights again', () => {
  const { number, files } = run('regression');
  expect(number(/epoch 3: loss (\S+)/)).toBeLessThan(1.5e-4);
  expect(number(/^found w tensor\(\[ ?([\d.]+)/m)).toBeCloseTo(2, 2);
  expect(files).toEqual(['regression.svg']);
  expect(() => start('regression', '--epochs', 'many')).toThrow(/--epochs must be a whole number from 1 on/);
}, 60000);

test('polynomial comes to the least-squares cubic', () => {
  const { number, files } = run('polynomial');
  expect(number(/step 2000: loss (\S+)/)).toBeLessThan(0.006);
  expect(number(/([\d.]+) x \+/)).toBeCloseTo(0.857, 1);
  expect(number(/(\S+) x\^3/)).toBeCloseTo(-0.093, 1);
  expect(files).toEqual(['polynomial.svg']);
}, 60000);

test('quadratic learns a parabola', () => {
  const { number, files } = run('quadratic');
  expect(number(/step 100: loss (\S+)/)).toBeLessThan(0.01);
  expect(files).toEqual(['quadratic.svg']);
}, 60000);

test('rnn turns a sine into a cosine', () => {
  const { number, files } = run('rnn', '--steps', '200');
  expect(number(/mean of the last 20 (\S+)/)).toBeLessThan(0.05);
  expect(files).toEqual(['rnn.svg']);
}, 60000);

test('fashion learns from the images beside it', () => {
  const { number, printed, files, size } = run('fashion', '--epochs', '6');
  expect(printed).toMatch(/^600 images to learn from, 300 to test with$/m);
  expect(number(/epoch 6: .*test (\S+)%/)).toBeGreaterThan(60);
  expect(number(/accuracy of Trouser: (\S+)%/)).toBeGreaterThan(80);
  expect(printed.match(/^accuracy of /gm)).toHaveLength(10);
  expect(files).toEqual(['curves.svg', 'samples.svg', 'weights.png']);
  expect(size('weights.png')).toEqual([3, 2 * 86 + 2, 5 * 86 + 2]);
  expect(() => start('fashion', '--data', out)).toThrow(/has no four files/);
}, 60000);

test('names tells languages by their surnames', () => {
  const { number, printed, files, weights } = run('names', '--epochs', '2', '--name', 'Bianchi');
  expect(number(/epoch 2: .*held back (\S+)% right/)).toBeGreaterThan(45);
  expect(printed).toMatch(/^Bianchi: \w+ \d+%, \w+ \d+%, \w+ \d+%$/m);
  expect(files).toEqual(['confusion.svg', 'weights.pt']);
  expect(weights('weights.pt')['h2o.weight']!.shape).toEqual([9, 128]);
}, 60000);

test('vae learns to write digits', () => {
  const { number, files, size, weights } = run('vae', '--epochs', '1', '--images', '4000');
  expect(number(/epoch 1: .*test (\S+)/)).toBeLessThan(230); // 550 before training
  expect(files).toEqual(['loss.svg', 'reconstruction.png', 'sample.png', 'weights.pt']);
  expect(size('sample.png')).toEqual([3, 8 * 30 + 2, 8 * 30 + 2]);
  expect(size('reconstruction.png')).toEqual([3, 2 * 30 + 2, 16 * 30 + 2]);
  expect(weights('weights.pt')['fc21.weight']!.shape).toEqual([20, 400]);
}, 120000);

test('dcgan trains both of its networks', () => {
  const { number, files, size, weights } = run('dcgan', '--epochs', '2', '--images', '640');
  expect(number(/epoch 2: Loss_D ([\d.]+)/)).toBeLessThan(1.3); // 2 log 2 when it knows nothing
  expect(number(/epoch 2: .*Loss_G (\S+)/)).toBeGreaterThan(0.7);
  expect(files).toEqual(['epoch_1.png', 'epoch_2.png', 'generator.pt', 'loss.svg', 'sample.png']);
  expect(size('sample.png')).toEqual([3, 8 * 30 + 2, 8 * 30 + 2]);
  expect(Object.keys(weights('generator.pt'))).toContain('main.9.weight');
}, 120000);

test('gpt learns letters and goes on with a prompt', () => {
  const small = [
    '--steps',
    '30',
    '--batch-size',
    '8',
    '--layers',
    '2',
    '--embd',
    '32',
    '--lr',
    '0.01',
    '--tokens',
    '50',
  ];
  const { number, printed, files } = run('gpt', ...small, '--prompt', 'O, how I faint ');
  expect(number(/step 30: .*held back (\S+)/)).toBeLessThan(3.2); // log 61 is 4.1
  expect(printed).toMatch(/^O, how I faint .{20}/ms);
  expect(files).toEqual(['loss.svg', 'text.txt', 'weights.pt']);
  expect(readFileSync(join(out, 'text.txt'), 'utf8')).toHaveLength('O, how I faint '.length + 50 + 1);
  expect(() => start('gpt', '--prompt', '#', '--out', out)).toThrow(/the sonnets have only the letters/);
}, 120000);

test('mnist learns from few images, and writes its weights and pictures', () => {
  const few = ['--images', '2000', '--batch-size', '16', '--epochs', '1', '--threads', '1'];
  const { number, printed, files, size, weights } = run('mnist', ...few);
  expect(number(/test accuracy (\S+)%/)).toBeGreaterThan(70);
  expect(printed.match(/^accuracy of \d: /gm)).toHaveLength(10);
  expect(number(/accuracy of 0: (\S+)%/)).toBeGreaterThan(70);
  expect(weights('weights.pt')['head.4.weight']!.shape).toEqual([10, 512]);
  expect(files).toEqual(['digits.png', 'loss.svg', 'samples.svg', 'weights.pt']);
  expect(size('digits.png')).toEqual([3, 8 * 30 + 2, 8 * 30 + 2]);
}, 120000);
