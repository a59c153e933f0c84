/** How much memory is in use, before and after something was done many times. */
import torch from 'tsorch';

export const TIMES = 20;
/** Elements of the tensors that are made: 10 kB. */
export const SIZE = 2500;

export const turn = () => new Promise((resolve) => setImmediate(resolve));

interface Level {
  tensors: number;
  handles: number;
  bytes: number;
  borrowed_bytes: number;
  lent_bytes: number;
}

function level(): Level {
  for (let i = 0; i < 3; i++) torch.gc();
  return torch.memory_stats();
}

/** Does it once and then many times, and expects nothing to be left but what the engine's last frames or the last error hold. */
export async function expectLevel(run: () => unknown): Promise<void> {
  await run();
  await turn();
  const before = level();
  for (let i = 0; i < TIMES; i++) await run();
  await turn();
  await turn();
  const after = level();
  expect(after.tensors - before.tensors).toBeLessThanOrEqual(4);
  expect(after.handles - before.handles).toBeLessThanOrEqual(6);
  expect(after.bytes - before.bytes).toBeLessThanOrEqual((TIMES / 2) * 4 * SIZE);
  expect(after.borrowed_bytes).toBeLessThanOrEqual(before.borrowed_bytes + 4 * SIZE);
  expect(after.lent_bytes).toBeLessThanOrEqual(before.lent_bytes + 4 * SIZE);
}
