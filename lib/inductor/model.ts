/** A model of a package: it is called, and its weights are replaced. */
import { inspect } from 'node:util';
import { REQUIRED, Signature } from '../arguments/signature';
import { resultOf } from '../async/recording';
import { run_async } from '../async/run';
import { leavesOf } from '../export/call';
import { Tree } from '../export/tree';
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { NativePart } from '../native/part';
import { Tensor } from '../tensor/tensor';

/** How constants are taken over. */
export interface LoadConstantsOptions {
  /** Whether all constants must be given. */
  check_full_update: boolean;
  /** Whether the model computes with the tensors themselves, not with copies: what is written to them shows. */
  user_managed?: boolean;
  /** Whether tensors of the CPU may be copied to the model's device. */
  allow_h2d_copy?: boolean;
}

const signature = new Signature<LoadConstantsOptions & { constants_map: Readonly<Record<string, Tensor>> }>(
  'load_constants',
  { constants_map: REQUIRED, check_full_update: REQUIRED, user_managed: false, allow_h2d_copy: false },
  3,
  {},
  ['constants_map'],
);

// biome-ignore lint/suspicious/noExplicitAny: what a model takes and gives, its package says
type AnyModel = (...args: any[]) => any;

export interface AOTICompiledModel extends AnyModel {}

/**
 * A compiled model: called as the one that was exported, arguments by position, named ones in an object at the end. Its
 * results have no gradients.
 * https://docs.pytorch.org/docs/2.13/torch.compiler_aot_inductor.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface only says that it can be called
export abstract class AOTICompiledModel {
  /** @internal */
  declare readonly _part: NativePart;

  /**
   * Calls it on a native thread while the event loop turns: see `torch.run_async`. As many calls run at once as the package
   * has runners (`num_runners`).
   */
  // biome-ignore lint/suspicious/noExplicitAny: what a model takes and gives, its package says
  run_async(...args: any[]): Promise<any> {
    return run_async(() => (this as AnyModel)(...args));
  }

  /** The names of its parameters, buffers and constants, as in the module that was exported. */
  get_constant_fqns(): string[] {
    return call(native.package_describe, this._part)[2];
  }

  /** What the package says of how it was compiled, by name: `AOTI_DEVICE_KEY`, `AOTI_CPU_ISA`, … */
  get_metadata(): Record<string, string> {
    return Object.fromEntries(call(native.package_describe, this._part)[1]);
  }

  /** The constants that it computes with, by their names. */
  get_constants(): Record<string, Tensor> {
    return Object.fromEntries(call(native.package_constants, this._part));
  }

  /**
   * Replaces constants: `load_constants(model.state_dict(), { check_full_update: true })`.
   * @throws TorchError for a name that it does not have, for a missing one with `check_full_update`, for another shape
   */
  load_constants(constants_map: Readonly<Record<string, Tensor>>, options: LoadConstantsOptions): void {
    const given = signature.read([constants_map, options]);
    const names = Object.keys(constants_map);
    const known = new Set(this.get_constant_fqns());
    const unknown = names.filter((name) => !known.has(name));
    if (unknown.length > 0) throw new TypeError(`the model has no constants ${unknown.join(', ')}`);
    const current = this.get_constants();
    for (const name of names) requireSame(name, constants_map[name]!, current[name]);
    const tensors = names.map((name) => constants_map[name]!.detach().contiguous());
    const how = [given.check_full_update, given.user_managed, given.allow_h2d_copy] as const;
    call(native.package_load_constants, this._part, names, tensors, ...how);
  }

  toString(): string {
    return '<AOTICompiledModel>';
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

Object.setPrototypeOf(AOTICompiledModel.prototype, Function.prototype);

/** Compiled code goes by the shape and the dtype that it was compiled for. */
function requireSame(name: string, given: Tensor, current: Tensor | undefined): void {
  if (!(given instanceof Tensor)) throw new TypeError(`constant '${name}' must be a tensor`);
  if (current === undefined) return;
  const [mine, theirs] = [given, current].map((x) => `${x.dtype} of [${x.shape.join(', ')}]`);
  if (mine !== theirs) throw new RangeError(`constant '${name}' is ${theirs} in the model, not ${mine}`);
}

export function modelOf(part: NativePart): AOTICompiledModel {
  const [input, output] = call(native.package_describe, part)[0].map((text) => Tree.parse(text, new Map()));
  const model = (...args: unknown[]): unknown => {
    const tensors = leavesOf(input!, args).filter((leaf): leaf is Tensor => leaf instanceof Tensor);
    return resultOf(call(native.package_run, part, tensors), (results) => output!.unflatten(results as Tensor[]));
  };
  Object.defineProperty(model, '_part', { value: part });
  return Object.setPrototypeOf(model, AOTICompiledModel.prototype) as AOTICompiledModel;
}
