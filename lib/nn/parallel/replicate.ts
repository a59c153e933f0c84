/** Copies of a module on several devices, and running them. */

import { requireList } from '../../arguments/checks';
import { TorchError } from '../../base/errors';
import { type Device, parseDevice } from '../../base/types';
import { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_parallel';
import { copyModule } from '../modules/copy';
import { isModule, type Module } from '../modules/module';
import { stateOf } from '../modules/registry';
import { Parameter } from '../parameter';
import { requireModule } from '../require';

/** One copy: its tensors are the module's on another device, and gradients flow back to those. */
function replica(network: Module, device: Device, detach: boolean): Module {
  const copies = new Map<unknown, unknown>();
  const remembered = <Value>(original: unknown, copied: Value): Value => {
    copies.set(original, copied);
    return copied;
  };
  const tensor = (value: Tensor): Tensor => {
    const moved = value.to(device);
    if (detach) return moved.detach();
    return value instanceof Parameter ? moved.view_as(moved) : moved; // never the parameter itself
  };
  const copy = (value: unknown): unknown => {
    if (copies.has(value)) return copies.get(value);
    if (value instanceof Tensor) return remembered(value, tensor(value));
    return isModule(value) ? copyOf(value) : value;
  };
  const copyOf = (module: Module): Module => {
    const copied = copyModule(module, { memo: null, remember: (made) => remembered(module, made), copy });
    stateOf(copied).parameters.clear(); // a replica's tensors are results, not leaves
    return copied;
  };
  return copyOf(network);
}

/** Copies of a module, one a device; detached ones do not take part in gradients. */
export function replicate<M extends Module>(...args: signatures.ReplicateArgs<M>): M[] {
  const [network, devices, detach] = signatures.replicate.list(args);
  requireModule('replicate', 'network', network);
  requireList('replicate', 'devices', devices);
  return devices.map((device) => replica(network, parseDevice(device), detach) as M);
}

/** Calls every module with its own arguments: the devices' work overlaps, since kernels run on after their call. */
export function parallel_apply(...args: signatures.ParallelApplyArgs): unknown[] {
  const [modules, inputs, kwargs_tup, devices] = signatures.parallel_apply.list(args);
  requireList('parallel_apply', 'modules', modules);
  requireList('parallel_apply', 'inputs', inputs);
  for (const module of modules) requireModule('parallel_apply', 'modules', module);
  const differs = [inputs, kwargs_tup, devices].find((list) => list !== null && list.length !== modules.length);
  if (differs !== undefined) {
    throw new TorchError(
      `The number of modules ${modules.length} is not equal to the number of inputs ${inputs.length}, arguments or devices`,
    );
  }
  return modules.map((module, i) => {
    const args = Array.isArray(inputs[i]) ? (inputs[i] as unknown[]) : [inputs[i]];
    const kwargs = kwargs_tup?.[i] ?? {};
    return module(...args, ...(Object.keys(kwargs).length > 0 ? [kwargs] : []));
  });
}
