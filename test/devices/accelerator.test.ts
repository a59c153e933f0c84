/** torch.accelerator's memory and streams: the device's own, or PyTorch's error without one. */
import torch from 'tsorch';
import { device } from './device';

const { accelerator, cuda } = torch;
const missing = 'Cannot access accelerator device when none is available.';

const calls: Record<string, () => unknown> = {
  memory_stats: () => accelerator.memory_stats(),
  memory_allocated: () => accelerator.memory_allocated(0),
  max_memory_allocated: () => accelerator.max_memory_allocated(),
  memory_reserved: () => accelerator.memory_reserved(),
  max_memory_reserved: () => accelerator.max_memory_reserved(),
  get_memory_info: () => accelerator.get_memory_info(),
  current_stream: () => accelerator.current_stream(),
  empty_cache: () => accelerator.empty_cache(),
  reset_peak_memory_stats: () => accelerator.reset_peak_memory_stats(),
  reset_accumulated_memory_stats: () => accelerator.reset_accumulated_memory_stats(),
  device_index: () => accelerator.device_index(0, () => 1),
  current_device_idx: () => accelerator.current_device_idx(),
};

it.each(Object.entries(calls))('%s', (_, run) => {
  if (device === 'cpu') expect(run).toThrow(new torch.TorchError(missing));
  else expect(run).not.toThrow();
});

it('counts what the device holds', () => {
  const before = device === 'cuda' ? accelerator.memory_allocated() : 0;
  const x = torch.ones(1024, { device });
  expect(x.sum().item()).toBe(1024);
  if (device === 'cuda') {
    expect(accelerator.memory_allocated()).toBeGreaterThan(before);
    expect(accelerator.memory_allocated()).toBe(cuda.memory_allocated());
  }
  expect(accelerator.device_index(null, () => 3)).toBe(3);
});
