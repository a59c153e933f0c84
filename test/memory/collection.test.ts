/** Memory in synchronous code: what is unreachable is freed without a turn of the event loop. */
import torch from 'tsorch';

/** Kilobytes of resident memory beside what the process had at the start of the test. */
function growth(run: () => void): number {
  torch.gc();
  const before = process.memoryUsage.rss();
  run();
  return process.memoryUsage.rss() - before;
}

const MiB = 2 ** 20;

const live = () => torch.memory_stats().tensors;

it('frees a million small results of a synchronous loop', () => {
  const a = torch.randn(2, 2);
  const b = torch.randn(2, 2);
  let most = 0;
  const grown = growth(() => {
    for (let i = 0; i < 1_000_000; i++) {
      a.add(b);
      if (i % 10_000 === 0) most = Math.max(most, torch.memory_stats().tensors);
    }
  });
  expect(most).toBeLessThan(20_000);
  expect(grown).toBeLessThan(150 * MiB);
});

it('frees 2,000 tensors of 4 MiB of a synchronous loop', () => {
  torch.gc();
  const { bytes } = torch.memory_stats(); // of the whole process: what other suites left counts too
  let most = 0;
  const grown = growth(() => {
    for (let i = 0; i < 2_000; i++) {
      torch.empty(1024, 1024).fill_(i);
      most = Math.max(most, torch.memory_stats().bytes - bytes);
    }
  });
  expect(most).toBeLessThan(512 * MiB);
  expect(grown).toBeLessThan(700 * MiB);
});

it('frees tensors of other devices before their memory is full', () => {
  torch.gc();
  const { tensors } = torch.memory_stats(); // of the whole process, as above
  let most = 0;
  for (let i = 0; i < 2_000; i++) {
    torch.empty([4096, 4096], { device: 'meta' }); // counts as 64 MiB
    most = Math.max(most, torch.memory_stats().tensors - tensors);
  }
  expect(most).toBeLessThan(64);
});

it('counts the buffers that graphs hold', () => {
  const w = torch.ones(1024, 1024, { requires_grad: true });
  const grown = growth(() => {
    for (let i = 0; i < 200; i++) w.mul(w).exp().sum();
  });
  expect(grown).toBeLessThan(700 * MiB);
});

it('keeps what is reachable', () => {
  const kept = Array.from({ length: 5_000 }, (_, i) => torch.tensor(i));
  for (let i = 0; i < 100_000; i++) torch.ones(1);
  torch.gc();
  expect(kept.every((x, i) => x.item() === i)).toBe(true);
});

it('comes back to where it was', () => {
  torch.gc();
  const before = torch.memory_stats().tensors;
  const run = () => {
    const xs = Array.from({ length: 1000 }, () => torch.randn(10));
    return torch.stack(xs).sum().item();
  };
  run();
  torch.gc();
  expect(torch.memory_stats().tensors).toBeLessThanOrEqual(before + 2);
});

it('gives one object to one tensor', () => {
  const x = torch.ones(2, { requires_grad: true });
  x.sum().backward();
  const grad = x.grad;
  expect(x.grad).toBe(grad);
  for (let i = 0; i < 50_000; i++) torch.ones(1);
  torch.gc();
  expect(x.grad).toBe(grad);
});

it('survives a failed allocation', () => {
  const x = torch.ones(2);
  expect(() => torch.empty(1e6, 1e6, 1e3)).toThrow(torch.OutOfMemoryError);
  expect(() => torch.empty(1e6, 1e6, 1e3)).toThrow('you tried to allocate 4000000000000000 bytes');
  expect(x.add(1).tolist()).toEqual([2, 2]);
});

it('reads long lists of results whole while the nursery fills', () => {
  const inOrder = () => {
    const parts = torch.arange(3000).unbind();
    return parts.every((part, i) => part.item() === i);
  };
  for (let round = 0; round < 20; round++) expect(inOrder()).toBe(true);
  torch.gc();
  expect(live()).toBeLessThan(100);
});

it('collects what has grown old', () => {
  const old: { x: unknown }[] = [];
  const grow = () => {
    for (let i = 0; i < 5000; i++) old.push({ x: torch.ones(1) });
    for (let i = 0; i < 20_000; i++) torch.ones(1); // several minor collections: the survivors leave the young generation
  };
  grow();
  expect(torch.memory_stats().tensors).toBeGreaterThanOrEqual(5000);
  old.length = 0;
  torch.gc();
  expect(live()).toBeLessThan(100);
});

it('frees what a training step made without full collections', () => {
  const w = torch.ones(1024, { requires_grad: true });
  const made = 21 * 4 * MiB; // by a step; mul and exp keep their results for the backward pass
  const step = () => {
    w.grad = null;
    let x = torch.ones(1024, 1024);
    for (let layer = 0; layer < 10; layer++) x = x.mul(w).exp();
    x.mean().backward();
  };
  step();
  torch.gc();
  const before = torch.memory_stats();
  for (let i = 0; i < 10; i++) step();
  const after = torch.memory_stats();
  expect(after.major_collections - before.major_collections).toBeLessThanOrEqual(1);
  expect(after.bytes - before.bytes).toBeLessThan(2 * made); // of the ten: the last one's, and what became old in one before
});
