/** Which kernels compute attention. https://docs.pytorch.org/docs/2.13/nn.attention.html */

import { AssertionError } from '../../base/errors';
import { explainLeftOut } from '../../base/left_out';
import { type FlagName, getFlag, setFlag } from '../../context/flags';
import { type Mode, withMode } from '../../context/mode';

export * as bias from './bias';
export * as flex_attention from './flex_attention';

/** The ways to compute attention. https://docs.pytorch.org/docs/2.13/generated/torch.nn.attention.SDPBackend.html */
export const SDPBackend = {
  ERROR: -1,
  MATH: 0,
  FLASH_ATTENTION: 1,
  EFFICIENT_ATTENTION: 2,
  CUDNN_ATTENTION: 3,
} as const;
export type SDPBackend = (typeof SDPBackend)[keyof typeof SDPBackend];

const switches: readonly [backend: SDPBackend, flag: FlagName][] = [
  [SDPBackend.CUDNN_ATTENTION, 'cudnn_sdp'],
  [SDPBackend.FLASH_ATTENTION, 'flash_sdp'],
  [SDPBackend.EFFICIENT_ATTENTION, 'mem_efficient_sdp'],
  [SDPBackend.MATH, 'math_sdp'],
];

function enter(backends: readonly SDPBackend[]): () => () => void {
  return () => {
    const before = switches.map(([, flag]) => getFlag(flag));
    for (const [backend, flag] of switches) setFlag(flag, backends.includes(backend));
    return () => switches.forEach(([, flag], i) => void setFlag(flag, before[i]!));
  };
}

/**
 * Lets `scaled_dot_product_attention` choose among these kernels only, for a callback or until it is disposed.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.attention.sdpa_kernel.html
 */
export function sdpa_kernel(backends: SDPBackend | readonly SDPBackend[]): Mode;
export function sdpa_kernel<Result>(backends: SDPBackend | readonly SDPBackend[], callback: () => Result): Result;
export function sdpa_kernel<Result>(
  backends: SDPBackend | readonly SDPBackend[],
  callback?: () => Result,
): Result | Mode {
  const list = Array.isArray(backends) ? (backends as readonly SDPBackend[]) : [backends as SDPBackend];
  const known: readonly unknown[] = Object.values(SDPBackend);
  if (!list.every((backend) => known.includes(backend))) {
    throw new AssertionError(
      `Backend must be an instance of SDPBackend or a list of SDPBackend instances, got ${typeof backends}`,
    );
  }
  return withMode('sdpa_kernel', enter(list), callback);
}

explainLeftOut('torch.nn.attention', exports as object);
