/** Parameters and buffers: the tensors that a module registers. */

import { inspect } from 'node:util';
import { requireBoolean } from '../arguments/checks';
import { Signature } from '../arguments/signature';
import { TorchError } from '../base/errors';
import type { DeviceLike, DType } from '../base/types';
import { chosenDevice, defaultDevice } from '../context/default_device';
import { native } from '../native/addon';
import { callForHandle } from '../native/frame';
import { enroll } from '../native/nursery';
import { Tag } from '../native/object';
import { isOperatorMethod } from '../operators/functions';
import { callOperator } from '../operators/operator';
import { refuseMethods } from '../operators/uninitialized';
import { aliasTensor, type Copier, copying, copyTensor, requireLeaf, withClassOf } from '../tensor/copy';
import { Tensor } from '../tensor/tensor';
import * as signatures from './generated/nn';

/** The handle of a new leaf over the memory of `data`. */
function leafOver(data: Tensor | null, requires_grad: boolean): number {
  return callForHandle(
    native.nn_parameter,
    data ?? callOperator<Tensor>('empty.memory_format', [0], null, null, defaultDevice()),
    requires_grad,
  );
}

/**
 * A tensor that a module learns: assigned to a property of a module it is one of its `parameters()`. It shares the
 * memory of `data`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.parameter.Parameter.html
 */
export class Parameter extends Tensor {
  constructor(...args: signatures.ParameterArgs) {
    const [data] = args;
    const plain = args.length === 1 && data instanceof Tensor; // without a look at the signature
    const given = plain ? { data, requires_grad: true } : signatures.Parameter.read(args);
    super(leafOver(given.data, given.requires_grad));
    enroll(this);
  }

  /** @internal its memory is its own, whatever shares it */
  [copying]({ memo }: Copier): Tensor {
    return copyParameter(this, memo !== null);
  }

  override toString(): string {
    return `Parameter containing:\n${super.toString()}`;
  }

  override [inspect.custom](): string {
    return this.toString();
  }
}

/** A parameter of the same class. */
function copyParameter(x: Tensor, deep: boolean): Tensor {
  if (deep) requireLeaf(x);
  return withClassOf(x, new Parameter(deep ? x.data.clone() : x.data, x.requires_grad));
}

export interface BufferOptions {
  data?: Tensor | null;
  persistent?: boolean;
}

const ofBuffer = new Signature<BufferOptions>('Buffer.__new__', { data: null, persistent: true });

/**
 * A tensor that belongs to a module's state but is not learned: assigned to a property of a module it is one of its
 * `buffers()`, and in its `state_dict()` when `persistent`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.parameter.Buffer.html
 */
export class Buffer extends Tensor {
  /** Whether it is in the state_dict. */
  readonly persistent: boolean;

  constructor(...args: [data?: Tensor | null | BufferOptions, persistent?: boolean | BufferOptions]) {
    const given = ofBuffer.read(args);
    super(leafOver(given.data, given.data?.requires_grad ?? false));
    enroll(this);
    this.persistent = given.persistent;
  }

  /** @internal */
  [copying]({ memo }: Copier): Tensor {
    return memo === null ? aliasTensor(this) : copyTensor(this, memo, (data) => new Buffer(data, this.persistent));
  }
}

/** A tensor whose shape is not known yet, of a lazy module. */
export interface Lazy extends Tensor {
  /** Gives it memory of this shape; from then on it is an ordinary parameter or buffer. */
  materialize(shape: readonly number[], device?: DeviceLike | null, dtype?: DType | null): void;
}

function emptyOf(shape: readonly number[], device?: DeviceLike | null, dtype?: DType | null): Tensor {
  const place = chosenDevice(device ?? null);
  return callOperator('empty.memory_format', shape, dtype ?? null, null, place);
}

function noShape(): never {
  throw new TorchError(
    "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in `load_state_dict` when trying to load an uninitialized parameter into an initialized one. Call `forward` to initialize the parameters before accessing their attributes.",
  );
}

function noMemory(): never {
  throw new TorchError(
    "Can't share memory on an uninitialized parameter or buffer. Call `forward` to initialize the parameters before calling `module.share_memory()`.",
  );
}

/**
 * A parameter without a shape, for modules that learn it from their first input.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.parameter.UninitializedParameter.html
 */
export class UninitializedParameter extends Parameter implements Lazy {
  constructor(...args: signatures.UninitializedParameterArgs) {
    const { requires_grad, device, dtype } = signatures.UninitializedParameter.read(args);
    requireBoolean('UninitializedParameter.__new__', 'requires_grad', requires_grad);
    super(emptyOf([0], device, dtype), requires_grad);
  }

  override get shape(): number[] {
    return noShape();
  }

  /** Gives it memory of this shape; from then on it is an ordinary parameter. */
  materialize(shape: readonly number[], device: DeviceLike | null = null, dtype: DType | null = null): void {
    this.data = emptyOf(shape, device ?? this.device, dtype ?? this.dtype);
    Object.setPrototypeOf(this, Parameter.prototype);
  }

  override share_memory_(): this {
    return noMemory();
  }

  override toString(): string {
    return '<UninitializedParameter>';
  }
}

/**
 * A buffer without a shape.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.parameter.UninitializedBuffer.html
 */
export class UninitializedBuffer extends Buffer implements Lazy {
  constructor(...args: signatures.UninitializedBufferArgs) {
    const { requires_grad, device, dtype, persistent } = signatures.UninitializedBuffer.read(args);
    requireBoolean('UninitializedBuffer.__new__', 'requires_grad', requires_grad);
    super(emptyOf([0], device, dtype), persistent);
    this.requires_grad = requires_grad;
  }

  /** @internal */
  override [copying]({ memo }: Copier): Tensor {
    return memo === null ? aliasTensor(this) : copyParameter(this, true);
  }

  override get shape(): number[] {
    return noShape();
  }

  /** Gives it memory of this shape; from then on it is an ordinary buffer. */
  materialize(shape: readonly number[], device: DeviceLike | null = null, dtype: DType | null = null): void {
    this.data = emptyOf(shape, device ?? this.device, dtype ?? this.dtype);
    Object.setPrototypeOf(this, Buffer.prototype);
  }

  override share_memory_(): this {
    return noMemory();
  }

  override toString(): string {
    return '<UninitializedBuffer>';
  }

  override [inspect.custom](): string {
    return this.toString();
  }
}

for (const { prototype } of [UninitializedParameter, UninitializedBuffer]) {
  Object.defineProperty(prototype, '_tag', { value: Tag.Uninitialized });
  refuseMethods(prototype, Tensor.prototype, isOperatorMethod);
}

/** Whether a tensor still waits for its shape. https://docs.pytorch.org/docs/2.13/nn.html#lazy-modules */
export function is_lazy(x: unknown): x is Lazy {
  return x instanceof UninitializedParameter || x instanceof UninitializedBuffer;
}
