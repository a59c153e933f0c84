/** Random numbers. https://docs.pytorch.org/docs/2.13/random.html */

import { inspect } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { requireCount, requireTensor } from '../arguments/checks';
import { REQUIRED, Signature } from '../arguments/signature';
import { TorchError } from '../base/errors';
import { valueText } from '../base/python_text';
import { type Device, type DeviceLike, parseDevice } from '../base/types';
import { native } from '../native/addon';
import { call, callForHandle, registerWrap } from '../native/frame';
import { isOptions, typeName } from '../native/kinds';
import { enroll } from '../native/nursery';
import { NativeObject, Tag, withHandle } from '../native/object';
import type { Tensor } from './tensor';

/** The seeds of 64 bits that do not fit a number come back as bigints. */
type Seed = number | bigint;

const ofSeed = new Signature<{ seed: Seed }>('manual_seed', { seed: REQUIRED });

function unsigned(seed: Seed): Seed {
  return seed < 0 ? BigInt.asUintN(64, BigInt(seed)) : seed;
}

/** A seed as the frame carries it: unsigned ones by their bits. */
function checked(seed: Seed): Seed {
  if (Number.isSafeInteger(seed)) return seed;
  if (typeof seed !== 'bigint' && !Number.isInteger(seed))
    throw new TypeError(`a seed must be a whole number, not ${isOptions(seed) ? typeName(seed) : valueText(seed)}`);
  const signed = BigInt.asIntN(64, BigInt(seed));
  const fits = signed === BigInt(seed) || BigInt.asUintN(64, signed) === BigInt(seed);
  if (!fits) throw new RangeError('Overflow when unpacking long long');
  return signed;
}

declare module '../native/object' {
  interface NativeClasses {
    readonly Generator: Generator;
  }
}

/**
 * A source of random numbers with a state of its own: `new torch.Generator()`, `new torch.Generator('cuda')`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.Generator.html
 */
export class Generator extends NativeObject {
  constructor(device: DeviceLike | { device?: DeviceLike } = 'cpu') {
    const place = isOptions(device) ? (device.device as DeviceLike) : (device as DeviceLike);
    super(callForHandle(native.make_generator, parseDevice(place)));
    enroll(this);
  }

  get device(): Device {
    return call(native.generator_device, this);
  }

  /** Starts the stream that belongs to `seed`. */
  manual_seed(seed: Seed): this {
    call(native.generator_manual_seed, this, checked(seed));
    return this;
  }

  /** Starts a stream from a seed of the system's, and returns it. */
  seed(): Seed {
    return unsigned(call(native.generator_seed, this));
  }

  /** The seed the stream was started from. */
  initial_seed(): Seed {
    return unsigned(call(native.generator_initial_seed, this));
  }

  /** The state, a uint8 tensor. */
  get_state(): Tensor {
    return call(native.generator_state, this);
  }

  /** Another generator of the same device that goes on from here by itself. */
  clone_state(): Generator {
    const clone = new Generator(this.device);
    clone.set_state(this.get_state());
    return clone;
  }

  /** How far the stream of an accelerator's generator is. */
  get_offset(): number {
    return Number(this.words(this.get_state())[1]!);
  }

  /** Goes to a place of the stream, a multiple of 4. */
  set_offset(offset: number): void {
    requireCount('set_offset', 'offset', offset);
    const state = this.get_state();
    this.words(state)[1] = BigInt(offset);
    this.set_state(state);
  }

  /** The seed and the offset, over the memory of an accelerator's state. */
  private words(state: Tensor): BigInt64Array {
    const { type } = this.device;
    if (type !== 'cuda') throw new TorchError(`${type.toUpperCase()} Generator does not use offset`);
    const { buffer, byteOffset } = state.typed_array();
    return new BigInt64Array(buffer, byteOffset, 2);
  }

  /** Goes on from a state that `get_state` gave, a uint8 tensor. */
  set_state(state: Tensor): void {
    call(native.set_generator_state, this, state);
  }

  /** What Python prints, without the address. */
  override toString(): string {
    return '<torch._C.Generator object>';
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

Object.defineProperty(Generator.prototype, '_tag', { value: Tag.Generator });
const wrap = (handle: number) => withHandle(Object.create(Generator.prototype) as Generator, handle);
registerWrap(Tag.Generator, wrap);

/** The generator that random functions use when they are given none. */
export function default_generator(device: DeviceLike = 'cpu'): Generator {
  const generator = call(native.default_generator, parseDevice(device));
  return generator instanceof Generator ? generator : twinOf(generator);
}

/** Another realm of this thread (a jest file) made the object of this generator: one of our own that keeps it alive. */
function twinOf(original: Generator): Generator {
  return Object.assign(wrap(original._handle), { original });
}

/**
 * Starts the random stream of every device from `seed`: the same numbers follow as in PyTorch.
 * https://docs.pytorch.org/docs/2.13/generated/torch.manual_seed.html
 *
 * @example
 * torch.manual_seed(0);
 * console.log(torch.rand(2)); // tensor([0.4963, 0.7682])
 */
export function manual_seed(...args: [seed: Seed | { seed: Seed }]): Generator {
  call(native.manual_seed, checked(ofSeed.read(args).seed));
  return default_generator();
}

/** Starts the streams from a seed of the system's, and returns it. */
export function seed(): Seed {
  const fresh = default_generator().seed();
  manual_seed(fresh);
  return fresh;
}

/** The seed that the CPU's stream was started from. */
export function initial_seed(): Seed {
  return default_generator().initial_seed();
}

/** The state of the CPU's stream, a uint8 tensor. */
export function get_rng_state(): Tensor {
  return default_generator().get_state();
}

const ofState = new Signature<{ new_state: Tensor }>('set_rng_state', { new_state: REQUIRED });

/** Sets the state of the CPU's default generator, as `get_rng_state` gave it. */
export function set_rng_state(new_state: Tensor | { new_state: Tensor }): void {
  const { new_state: state } = ofState.read([new_state]);
  requireTensor('set_rng_state', 'new_state', state);
  default_generator().set_state(state);
}

// As in a process of its own: a worker thread neither draws from the main thread's stream nor reseeds it.
if (!isMainThread) call(native.own_random_stream);
