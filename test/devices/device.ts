/** The device that the suites of this folder compare with the CPU: the accelerator, or the CPU itself without one. */
import torch, { type Tensor } from 'tsorch';

export const device = torch.accelerator.current_accelerator(true)?.type ?? 'cpu';

// Ten bits of a factor's fraction, which GPUs multiply by, are less than what is compared here.
torch.backends.cudnn.allow_tf32 = false;

export type Value = Tensor | number | boolean | null | readonly Value[];

/** The same values on the device; a leaf that requires grad stays one. */
export function moved<T extends Value>(value: T): T {
  if (value instanceof torch.Tensor) {
    return value.detach().to(device).requires_grad_(value.requires_grad) as T;
  }
  return (Array.isArray(value) ? value.map(moved) : value) as T;
}

/** Expects what the device computed to be what the CPU did, and to be there. */
export function expectSame(there: Value, here: Value, tolerance = 1e-4): void {
  if (here instanceof torch.Tensor) {
    if (!(there instanceof torch.Tensor)) throw new TypeError('a tensor was expected');
    expect([there.device.type, there.dtype, there.shape]).toEqual([device, here.dtype, here.shape]);
    if (here.numel() === 0) return;
    const difference = there.detach().cpu().to(torch.float64).sub(here.detach().to(torch.float64)).abs();
    const allowed = here.detach().to(torch.float64).abs().mul(tolerance).add(tolerance);
    expect(difference.le(allowed).all().item()).toBe(true);
  } else if (Array.isArray(here)) {
    here.forEach((each, i) => {
      expectSame((there as readonly Value[])[i]!, each, tolerance);
    });
  } else {
    expect(there).toEqual(here);
  }
}
