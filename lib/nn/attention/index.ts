/** Which kernels compute attention. https://docs.pytorch.org/docs/2.13/nn.attention.html */

import { REQUIRED, Signature } from '../../arguments/signature';
import { AssertionError } from '../../base/errors';
import { explainLeftOut } from '../../base/left_out';
import { type FlagName, getFlag, setFlag } from '../../context/flags';
import { type Mode, splitCallback, withMode } from '../../context/mode';
import { native } from '../../native/addon';
import { call } from '../../native/frame';

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

/** What `sdpa_kernel` takes beside the kernels. */
export interface SdpaKernelOptions {
  /** Whether they are tried in the order in which they are given. */
  set_priority?: boolean;
}

type Backends = SDPBackend | readonly SDPBackend[];
type SdpaKernelArguments = SdpaKernelOptions & { backends: Backends };

const ofKernel = new Signature<SdpaKernelArguments>('sdpa_kernel', { backends: REQUIRED, set_priority: false });

/** Tries these kernels first; gives the way back. */
function prefer(backends: readonly SDPBackend[]): () => void {
  const before = call(native.get_sdp_priority);
  call(native.set_sdp_priority, [...new Set([...backends, ...before])]);
  return () => call(native.set_sdp_priority, before);
}

function enter(backends: readonly SDPBackend[], inOrder: boolean): () => () => void {
  return () => {
    const before = switches.map(([, flag]) => getFlag(flag));
    for (const [backend, flag] of switches) setFlag(flag, backends.includes(backend));
    const forget = inOrder ? prefer(backends) : undefined;
    return () => {
      switches.forEach(([, flag], i) => void setFlag(flag, before[i]!));
      forget?.();
    };
  };
}

/**
 * Lets `scaled_dot_product_attention` choose among these kernels only, for a callback or until it is disposed.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.attention.sdpa_kernel.html
 * @throws AssertionError for what is no SDPBackend
 */
export function sdpa_kernel(backends: Backends | SdpaKernelArguments, set_priority?: boolean | SdpaKernelOptions): Mode;
export function sdpa_kernel<Result>(backends: Backends | SdpaKernelArguments, callback: () => Result): Result;
export function sdpa_kernel<Result>(
  backends: Backends,
  set_priority: boolean | SdpaKernelOptions,
  callback: () => Result,
): Result;
export function sdpa_kernel(...args: unknown[]): unknown {
  const [given, callback] = splitCallback(args);
  const { backends, set_priority } = ofKernel.read(given);
  const list = Array.isArray(backends) ? (backends as readonly SDPBackend[]) : [backends as SDPBackend];
  const known: readonly unknown[] = Object.values(SDPBackend);
  if (!list.every((backend) => known.includes(backend))) {
    throw new AssertionError(
      `Backend must be an instance of SDPBackend or a list of SDPBackend instances, got ${typeof backends}`,
    );
  }
  return withMode('sdpa_kernel', enter(list, set_priority), callback);
}

explainLeftOut('torch.nn.attention', exports as object);
