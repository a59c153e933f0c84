/** Asynchronous functions called synchronously. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { runBlocking } = require(join(__dirname, '..', '..', '..', '..', 'dist', 'base', 'blocking.js')) as {
  runBlocking<Result>(module: string, name: string, ...args: unknown[]): Result;
};

const functions = `
  exports.later = (value) => new Promise((resolve) => setTimeout(() => resolve(value), 20));
  exports.size = async (bytes) => [bytes.length, bytes.buffer.byteLength];
  exports.fails = async () => { throw new RangeError('no', { cause: 'reason' }); };
  exports.uncopied = async () => () => 1;
  exports.ends = async () => process.exit(3);`;

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsorch-blocking-'));
  file = join(folder, 'functions.js');
  writeFileSync(file, functions);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('results and errors come back', () => {
  expect(runBlocking(file, 'later', { a: [1n, 'x'] })).toEqual({ a: [1n, 'x'] });
  expect(() => runBlocking(file, 'fails')).toThrow('no');
  expect(() => runBlocking(file, 'uncopied')).toThrow(/could not be cloned/);
  expect(() => runBlocking(join(folder, 'none.js'), 'later')).toThrow(/Cannot find module/);
  expect(runBlocking(file, 'later', 5)).toBe(5);
});

test('of a view only its own bytes go over', () => {
  expect(runBlocking(file, 'size', new Uint8Array(1000).subarray(10, 20))).toEqual([10, 10]);
});

test('a thread that ends is an error, and the next call has another', () => {
  expect(() => runBlocking(file, 'ends')).toThrow('the thread that ran ends() ended');
  expect(runBlocking(file, 'later', 6)).toBe(6);
});
