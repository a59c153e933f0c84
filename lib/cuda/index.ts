/** torch.cuda. Without CUDA it says so, in PyTorch's words. https://docs.pytorch.org/docs/2.13/cuda.html */
export { OutOfMemoryError } from '../base/errors';
export * as amp from './amp';
export {
  current_device,
  type DeviceProperties,
  device,
  device_count,
  device_of,
  get_device_capability,
  get_device_name,
  get_device_properties,
  init,
  is_available,
  is_bf16_supported,
  is_initialized,
  is_tf32_supported,
  set_device,
  synchronize,
} from './device';
export * from './memory';
export * as memory from './memory';
export * from './random';
export * as random from './random';
export * from './streams';
