// What workers do for a dataset that decodes images: node bench/loader.mjs [--rounds N]
// JPEG files are made in a temporary folder; each sample is read, decoded by sharp and scaled. Rounds of 0, 1 and 2
// workers follow one another, so that all see the same machine; the start of workers is not counted, as in a long epoch.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import torch from '../dist/entries/main.mjs';
import { DataLoader, Dataset } from '../dist/entries/utils/data.mjs';
import * as io from '../dist/entries/vision/io.mjs';

const SIZE = 512;
const FILES = 16;
const SAMPLES = 256;
const BATCH = 16;

class Pictures extends Dataset {
  /** @param {string[]} files */
  constructor(files) {
    super();
    this.files = files;
  }

  /** @param {number} index */
  __getitem__(index) {
    const picture = io.read_image(this.files[index % this.files.length]);
    return picture.to(torch.float32).div(255);
  }

  __len__() {
    return SAMPLES;
  }
}

torch.multiprocessing.importable(import.meta.url, { Pictures });

/** Gradients with some noise: what compresses as photographs do. @param {string} folder */
function makeFiles(folder) {
  return Array.from({ length: FILES }, (_, i) => {
    const gradient = torch
      .arange(SIZE)
      .mul(255 / SIZE)
      .add(torch.randn(3, SIZE, SIZE).mul(10));
    const file = join(folder, `${i}.jpg`);
    io.write_jpeg(gradient.clamp(0, 255).to(torch.uint8), file);
    return file;
  });
}

/** Samples a second of an epoch whose workers are there. @param {Iterable<unknown>} loader */
function rate(loader) {
  const start = performance.now();
  let batches = 0;
  for (const _ of loader) batches++;
  return (1000 * batches * BATCH) / (performance.now() - start);
}

function median(/** @type {number[]} */ values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function main() {
  const { rounds } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } }).values;
  const folder = mkdtempSync(join(tmpdir(), 'tsorch-loader-'));
  try {
    torch.set_num_threads(1);
    const dataset = new Pictures(makeFiles(folder));
    const counts = [0, 1, 2];
    const loaders = counts.map(
      (num_workers) => new DataLoader(dataset, { batch_size: BATCH, num_workers, persistent_workers: num_workers > 0 }),
    );
    loaders.forEach(rate);
    const rates = Array.from({ length: Number(rounds) }, () => loaders.map(rate));
    for (const [i, count] of counts.entries()) {
      const [all, ratios] = [rates.map((round) => round[i]), rates.map((round) => round[i] / round[0])];
      console.log(`${count} workers: ${median(all).toFixed(0)} samples/s, ${median(ratios).toFixed(2)} of none`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (isMainThread) main();
