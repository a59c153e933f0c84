/** One process, several accelerators. https://docs.pytorch.org/docs/2.13/nn.html#dataparallel-layers-multi-gpu-distributed */

import { is_grad_enabled } from '../../autograd/grad_mode';
import { TorchError } from '../../base/errors';
import { Device, type DeviceLike, parseDevice } from '../../base/types';
import { current_accelerator, device_count } from '../../context/accelerator';
import { isList, isOptions } from '../../native/kinds';
import * as signatures from '../generated/nn';
import * as parallel from '../generated/nn_parallel';
import { Module } from '../modules/module';
import { parallel_apply, replicate } from './replicate';
import { gather, scatter_kwargs } from './scatter_gather';

/** What a DataParallel is called with: the module's own class shows in what it returns. */
type ModuleArgs<M extends Module> =
  | [
      module: M,
      device_ids?: readonly DeviceLike[] | null | signatures.DataParallelOptions,
      output_device?: DeviceLike | null | signatures.DataParallelOptions,
      dim?: number | signatures.DataParallelOptions,
    ]
  | [args: signatures.DataParallelOptions & { module: M }];

/** A number means that accelerator. */
function deviceOf(device: DeviceLike, type: string): Device {
  return typeof device === 'number' ? new Device(type, device) : parseDevice(device);
}

function allDevices(type: string): Device[] {
  return Array.from({ length: device_count() }, (_, index) => new Device(type, index));
}

/** The type of the accelerator that can be used; null without one. */
function acceleratorType(): string | null {
  const type = current_accelerator({ check_available: true })?.type ?? null;
  return type === 'mps' ? null : type;
}

function requireOnDevice(module: Module, device: Device): void {
  const elsewhere = [...module.parameters(), ...module.buffers()].find((x) => String(x.device) !== String(device));
  if (elsewhere === undefined) return;
  throw new TorchError(
    `module must have its parameters and buffers on device ${device} (device_ids[0]) but found one of them on device: ${elsewhere.device}`,
  );
}

/** Runs a module on the chunks of its inputs, a device each. */
function apply(module: Module, inputs: unknown[], kwargs: Record<string, unknown>, place: Place): unknown {
  requireOnDevice(module, place.devices[0]!);
  let [chunks, keywords] = scatter_kwargs(inputs, kwargs, place.devices, place.dim);
  if (chunks.length === 0) [chunks, keywords] = [[[]], [{}]];
  if (place.devices.length === 1) return parallel_apply([module], [chunks[0]], [keywords[0]!])[0];
  const replicas = replicate(module, place.devices.slice(0, chunks.length), !is_grad_enabled());
  return gather(parallel_apply(replicas, chunks, keywords), place.output, place.dim);
}

interface Place {
  devices: Device[];
  output: Device;
  dim: number;
}

function placeOf(type: string, { device_ids, output_device, dim }: signatures.DataParallelOptions): Place {
  const devices = device_ids?.map((id) => deviceOf(id, type)) ?? allDevices(type);
  if (devices.length === 0) throw new TorchError('no available devices were found');
  return { devices, output: deviceOf(output_device ?? devices[0]!, type), dim: dim ?? 0 };
}

/**
 * Cuts each batch into chunks, runs copies of a module on them, an accelerator each, and puts the results together. On a
 * machine without an accelerator it just calls the module.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.DataParallel.html
 */
export class DataParallel<M extends Module = Module> extends Module {
  module: M;
  /** Empty without an accelerator. */
  readonly device_ids: number[];
  readonly dim: number;
  readonly output_device: number | null;
  private readonly place: Place | null;

  constructor(...args: ModuleArgs<M>) {
    super();
    const { module, ...placement } = signatures.DataParallel.read(args);
    const type = acceleratorType();
    this.place = type === null ? null : placeOf(type, placement);
    this.dim = placement.dim;
    this.module = module as M;
    this.device_ids = this.place?.devices.map((device) => device.index ?? 0) ?? [];
    this.output_device = this.place?.output.index ?? null;
    if (this.place?.devices.length === 1) this.module.to(this.place.devices[0]!);
  }

  override forward(...inputs: Parameters<M['forward']>): ReturnType<M['forward']> {
    if (this.place === null) return this.module(...inputs);
    const last = inputs[inputs.length - 1];
    const [args, kwargs] = isOptions(last) ? [inputs.slice(0, -1), last] : [inputs, {}];
    return apply(this.module, args, kwargs, this.place) as ReturnType<M['forward']>;
  }
}

/** One call of a module on several accelerators. https://docs.pytorch.org/docs/2.13/generated/torch.nn.functional.torch.nn.parallel.data_parallel.html */
export function data_parallel(...args: parallel.DataParallelArgs): unknown {
  const { module, inputs, module_kwargs, ...placement } = parallel.data_parallel.read(args);
  const type = acceleratorType();
  if (type === null) throw new TorchError('device type could not be determined');
  const list = isList(inputs) ? [...inputs] : inputs === null ? [] : [inputs];
  return apply(module, list, module_kwargs ?? {}, placeOf(type, placement));
}
