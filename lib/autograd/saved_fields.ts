/** What a node of the graph saves: `y.grad_fn._saved_self`. https://docs.pytorch.org/docs/2.13/notes/autograd.html#saved-tensors */

import type { Complex } from '../base/types';
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { Tensor } from '../tensor/tensor';
import type { Node } from './node';
import { keptByHooks, nativeHooks } from './saved_tensors';

/** A value that an operator saved for its derivative. Whole numbers count from 0, as in Python: -1 is 2n ** 64n - 1n. */
export type SavedValue = Tensor | number | bigint | boolean | string | Complex | null | readonly SavedValue[];

/** The place of one saved tensor. */
export class SavedTensor {
  /** @internal */
  constructor(
    private readonly node: Node,
    private readonly name: string,
    private readonly index: number,
  ) {}

  /**
   * Keeps `pack(x)` in place of the tensor, and uses `unpack` of that in the backward pass.
   * https://docs.pytorch.org/docs/2.13/notes/autograd.html#registering-hooks-on-a-saved-tensor
   * @throws TorchError when there are hooks already, or the graph has been freed
   */
  register_hooks<Value>(pack: (x: Tensor) => Value, unpack: (value: Value) => Tensor): void {
    call(native.saved_register_hooks, this.node, this.name, this.index, ...nativeHooks(pack, unpack));
  }

  /** The tensor as the backward pass gets it: what hooks unpack, where there are some. */
  unpack(): Tensor | null {
    return call(native.saved_unpack, this.node, this.name, this.index);
  }

  /** What is kept: the tensor, or what hooks packed it into. */
  get data(): unknown {
    return call(native.saved_data, this.node, this.name, this.index) ?? keptByHooks(() => this.unpack());
  }
}

function saved(node: Node, name: string): SavedValue | undefined {
  const found = call(native.saved_field, node, name);
  return found === null ? undefined : found[0];
}

let names: string[] | undefined;

/** All that a node saves, by name in alphabetical order. @throws TorchError when the graph has been freed */
export function savedFieldsOf(node: Node): [name: string, value: SavedValue][] {
  names ??= call(native.saved_field_names);
  return names.flatMap((name) => {
    const value = saved(node, name);
    return value === undefined ? [] : [[name, value] satisfies [string, SavedValue]];
  });
}

/** The places of tensors that a node saves under one name. */
export function savedPlaces(node: Node, name: string): SavedTensor | SavedTensor[] | undefined {
  const found = call(native.saved_places, node, name);
  if (found === null) return undefined;
  const [count, isList] = found;
  const places = Array.from({ length: count }, (_, i) => new SavedTensor(node, name, i));
  return isList ? places : places[0];
}

/** Gives nodes a property for each name that one of them saves something under. */
export function defineSavedFields(prototype: Node): void {
  for (const name of call(native.saved_field_names)) {
    Object.defineProperties(prototype, {
      [`_saved_${name}`]: {
        configurable: true,
        get(this: Node) {
          return saved(this, name);
        },
      },
      [`_raw_saved_${name}`]: {
        configurable: true,
        get(this: Node) {
          return savedPlaces(this, name);
        },
      },
    });
  }
}
