/** https://docs.pytorch.org/docs/2.13/backends.html#module-torch.backends.cuda */
import { getFlag, hasFeature, setFlag } from '../context/flags';
import { switches } from './switches';

/** How matrices are multiplied. */
export const matmul = switches({ allow_tf32: 'matmul_tf32' });

/** Whether libtorch was built with CUDA, whether there is a device or not. */
export function is_built(): boolean {
  return hasFeature('cuda');
}

/** Whether attention may use the kernel of FlashAttention. */
export function flash_sdp_enabled(): boolean {
  return getFlag('flash_sdp');
}

/** Says whether attention may use the kernel of FlashAttention. */
export function enable_flash_sdp(enabled: boolean): void {
  setFlag('flash_sdp', enabled);
}

/** Whether attention may use the kernel that needs little memory. */
export function mem_efficient_sdp_enabled(): boolean {
  return getFlag('mem_efficient_sdp');
}

/** Says whether attention may use the kernel that needs little memory. */
export function enable_mem_efficient_sdp(enabled: boolean): void {
  setFlag('mem_efficient_sdp', enabled);
}

/** Whether attention may be computed step by step. */
export function math_sdp_enabled(): boolean {
  return getFlag('math_sdp');
}

/** Says whether attention may be computed step by step. */
export function enable_math_sdp(enabled: boolean): void {
  setFlag('math_sdp', enabled);
}

/** Whether attention may use cuDNN's kernel. */
export function cudnn_sdp_enabled(): boolean {
  return getFlag('cudnn_sdp');
}

/** Says whether attention may use cuDNN's kernel. */
export function enable_cudnn_sdp(enabled: boolean): void {
  setFlag('cudnn_sdp', enabled);
}
