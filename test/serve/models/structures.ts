/** A function of a batch that gives structures. */
import torch, { type Tensor } from 'tsorch';

export default () =>
  ({ x, text }: { x: Tensor; text: string[] }) => ({
    double: x.mul(2),
    pair: [x, x.sum(1)],
    map: new Map([['mean', x.mean(1)]]),
    text: text.map((each) => each.toUpperCase()),
    list: text.map((each) => ({ length: each.length })),
    numbers: new Float32Array(x.flatten().tolist() as number[]),
    index: torch.arange(x.shape[0]!),
  });
