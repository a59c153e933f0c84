/** Copies of the facade in one thread, as jest's test files are. */
import type Torch from 'tsorch';
import torch from 'tsorch';

const freshCopy = (): typeof Torch => {
  let copy: typeof Torch | undefined;
  jest.isolateModules(() => {
    copy = (require('tsorch') as { default: typeof Torch }).default;
  });
  return copy!;
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Copies that are dropped while they hold 4 MiB each, with a hook that mentions its own graph and a shared buffer. */
function useAndDrop(): void {
  const copy = freshCopy();
  const x = copy.zeros([1024, 1024], { requires_grad: true });
  const y = x.mul(2);
  y.register_hook((grad) => grad.mul(x));
  copy.frombuffer(new ArrayBuffer(64), { dtype: copy.float32 });
}

it('gives each copy native state of its own', () => {
  const before = torch.memory_stats().tensors;
  const copy = freshCopy();
  const theirs = copy.ones(3);
  expect(copy).not.toBe(torch);
  expect(copy.memory_stats().tensors).toBe(1);
  expect(torch.memory_stats().tensors).toBe(before);
  expect(() => torch.ones(3).add(theirs as never)).toThrow(TypeError);
  expect(theirs.sum().item()).toBe(3);
});

it('frees what a copy held when the copy is collected', async () => {
  torch.gc();
  const before = torch.memory_stats().bytes;
  for (let i = 0; i < 10; i++) {
    useAndDrop();
    torch.gc();
    await turn();
  }
  for (let i = 0; i < 4; i++) {
    torch.gc();
    await turn();
  }
  expect(torch.memory_stats().bytes - before).toBeLessThan(4 * 8 * 2 ** 20);
});
