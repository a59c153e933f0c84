/** Spreading the arguments of a call over devices, and bringing the results together. */
import { requireList } from '../../arguments/checks';
import { type Device, type DeviceLike, parseDevice } from '../../base/types';
import { isList, isOptions } from '../../native/kinds';
import { callOperator } from '../../operators/operator';
import { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_parallel';

function transpose(columns: readonly (readonly unknown[])[]): unknown[][] {
  const rows = Math.min(...columns.map((column) => column.length));
  return Array.from({ length: rows }, (_, i) => columns.map((column) => column[i]));
}

function pieces(value: unknown, devices: readonly Device[], dim: number): unknown[] {
  if (value instanceof Tensor) {
    const source = value.dim() === 0 ? value.unsqueeze(0) : value;
    return source.chunk(devices.length, dim).map((chunk, i) => chunk.to(devices[i]!));
  }
  if (isList(value) && value.length > 0) return transpose(value.map((each) => pieces(each, devices, dim)));
  if (isOptions(value) && Object.keys(value).length > 0) {
    const names = Object.keys(value);
    const rows = transpose(Object.values(value).map((each) => pieces(each, devices, dim)));
    return rows.map((row) => Object.fromEntries(row.map((each, i) => [names[i]!, each])));
  }
  return devices.map(() => value);
}

/**
 * Cuts tensors into chunks along `dim`, one a device, however nested in arrays and objects; what is not a tensor is the
 * same everywhere. Gradients flow back to the whole.
 */
export function scatter<Value>(...args: signatures.ScatterArgs<Value>): Value[] {
  const [inputs, target_gpus, dim] = signatures.scatter.list(args);
  requireList('scatter', 'target_gpus', target_gpus);
  const devices = target_gpus.map((device) => parseDevice(device));
  return pieces(inputs, devices, dim) as Value[];
}

/** `scatter` of positional and of named arguments: as many of the one as of the other. */
export function scatter_kwargs(
  inputs: readonly unknown[],
  kwargs: Record<string, unknown> | null,
  target_gpus: readonly DeviceLike[],
  dim = 0,
): [inputs: unknown[][], kwargs: Record<string, unknown>[]] {
  const positional = inputs.length > 0 ? scatter([...inputs], target_gpus, dim) : [];
  const byName = kwargs !== null && Object.keys(kwargs).length > 0 ? scatter(kwargs, target_gpus, dim) : [];
  while (positional.length < byName.length) positional.push([]);
  while (byName.length < positional.length) byName.push({});
  return [positional, byName];
}

/** The results of the devices as one, on `target_device`: tensors are concatenated along `dim`, numbers become a vector. */
export function gather<Value>(...args: signatures.GatherArgs<Value>): Value {
  const [outputs, target_device, dim] = signatures.gather.list(args);
  requireList('gather', 'outputs', outputs);
  return together(outputs, parseDevice(target_device), dim) as Value;
}

function together(outputs: readonly unknown[], device: Device, dim: number): unknown {
  const first = outputs[0];
  if (first instanceof Tensor) {
    const moved = (outputs as Tensor[]).map((x) => (x.dim() === 0 ? x.unsqueeze(0) : x).to(device));
    return callOperator('cat', moved, dim);
  }
  if (first === null || first === undefined) return first;
  if (isList(first)) return transpose(outputs as unknown[][]).map((row) => together(row, device, dim));
  if (isOptions(first)) {
    const all = outputs as Record<string, unknown>[];
    const names = Object.keys(first);
    if (all.some((each) => Object.keys(each).length !== names.length)) {
      throw new RangeError('All dicts must have the same number of keys');
    }
    const gathered = (name: string) =>
      together(
        all.map((each) => each[name]),
        device,
        dim,
      );
    return Object.fromEntries(names.map((name) => [name, gathered(name)]));
  }
  throw new TypeError(`cannot gather outputs of type ${typeof first}`);
}
