/** Sequences of different lengths. https://docs.pytorch.org/docs/2.13/nn.html#utility-functions-in-other-modules */

import { requireTensor, requireTensors } from '../../arguments/checks';
import { Signature } from '../../arguments/signature';
import { TorchError } from '../../base/errors';
import { type DeviceLike, type DType, dtypes } from '../../base/types';
import { typeName } from '../../native/kinds';
import { callOperator } from '../../operators/operator';
import { as_tensor } from '../../tensor/creation';
import { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/nn_utils_rnn';

interface ToOptions {
  device?: DeviceLike | null;
  dtype?: DType | null;
  non_blocking?: boolean;
  copy?: boolean;
}

const ofCuda = new Signature<{ device?: DeviceLike }>('PackedSequence.cuda', { device: 'cuda' });

/**
 * Sequences of different lengths, one time step after the other: what recurrent modules take instead of padding.
 * Made by `pack_padded_sequence` and `pack_sequence`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.rnn.PackedSequence.html
 */
export class PackedSequence {
  /** (sum of lengths, *). */
  readonly data: Tensor;
  /** How many sequences each time step has; on the CPU. */
  readonly batch_sizes: Tensor;
  readonly sorted_indices: Tensor | null;
  readonly unsorted_indices: Tensor | null;

  constructor(...args: signatures.PackedSequenceArgs) {
    const { data, batch_sizes, sorted_indices, unsorted_indices } = signatures.PackedSequence.read(args);
    requireTensor('PackedSequence.__new__', 'data', data);
    requireTensor('PackedSequence.__new__', 'batch_sizes', batch_sizes);
    if (batch_sizes.device.type !== 'cpu') {
      throw new RangeError(
        'batch_sizes should always be on CPU. Instances of PackedSequence should never be created manually. They should be instantiated by functions like pack_sequence and pack_padded_sequences in nn.utils.rnn. https://pytorch.org/docs/stable/nn.html#torch.nn.utils.rnn.pack_sequence',
      );
    }
    this.data = data;
    this.batch_sizes = batch_sizes;
    this.sorted_indices = sorted_indices;
    this.unsorted_indices = unsorted_indices ?? invert_permutation(sorted_indices);
  }

  /** `const [data, batch_sizes, sorted_indices, unsorted_indices] = packed`. */
  *[Symbol.iterator](): IterableIterator<Tensor | null> {
    yield this.data;
    yield this.batch_sizes;
    yield this.sorted_indices;
    yield this.unsorted_indices;
  }

  /** `to(device)`, `to(dtype)`, `to({ device, dtype, … })`, as of a tensor; the indices move along. */
  to(...args: readonly [target: DeviceLike | DType | Tensor | ToOptions, ...rest: unknown[]]): PackedSequence {
    const data = (this.data.to as (...all: unknown[]) => Tensor).apply(this.data, [...args]);
    if (data === this.data) return this;
    const along = (indices: Tensor | null) => indices?.to(data.device) ?? null;
    return new PackedSequence(data, this.batch_sizes, along(this.sorted_indices), along(this.unsorted_indices));
  }

  /** The same on the accelerator. */
  cuda(...args: [device?: DeviceLike | { device?: DeviceLike }]): PackedSequence {
    return this.is_cuda ? this : this.to(ofCuda.read(args));
  }

  /** The same on the CPU. */
  cpu(): PackedSequence {
    return this.data.is_cpu ? this : this.to({ device: 'cpu' });
  }

  /** The same in page-locked memory. */
  pin_memory(): PackedSequence {
    const [sorted, unsorted] = [this.sorted_indices, this.unsorted_indices].map((x) => x?.pin_memory() ?? null);
    return new PackedSequence(this.data.pin_memory(), this.batch_sizes, sorted, unsorted);
  }

  private as(dtype: DType): PackedSequence {
    return this.to({ dtype });
  }

  /** The same with float64 data. */
  double(): PackedSequence {
    return this.as(dtypes.float64);
  }

  /** The same with float32 data. */
  float(): PackedSequence {
    return this.as(dtypes.float32);
  }

  /** The same with float16 data. */
  half(): PackedSequence {
    return this.as(dtypes.float16);
  }

  /** The same with int64 data. */
  long(): PackedSequence {
    return this.as(dtypes.int64);
  }

  /** The same with int32 data. */
  int(): PackedSequence {
    return this.as(dtypes.int32);
  }

  /** The same with int16 data. */
  short(): PackedSequence {
    return this.as(dtypes.int16);
  }

  /** The same with int8 data. */
  char(): PackedSequence {
    return this.as(dtypes.int8);
  }

  /** The same with uint8 data. */
  byte(): PackedSequence {
    return this.as(dtypes.uint8);
  }

  get is_cuda(): boolean {
    return this.data.is_cuda;
  }

  /** Whether the data is in page-locked memory. */
  is_pinned(): boolean {
    return this.data.is_pinned();
  }
}

/** The permutation that undoes another. */
export function invert_permutation(...args: signatures.InvertPermutationArgs): Tensor | null {
  const [permutation] = signatures.invert_permutation.list(args);
  if (permutation === null) return null;
  requireTensor('invert_permutation', 'permutation', permutation);
  const places = callOperator<Tensor>('arange', permutation.numel(), dtypes.int64, null, permutation.device);
  return permutation.new_empty(permutation.shape).scatter_(0, permutation, places);
}

/**
 * Packs padded sequences, which recurrent modules go through without the padding.
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.rnn.pack_padded_sequence.html
 */
export function pack_padded_sequence(...args: signatures.PackPaddedSequenceArgs): PackedSequence {
  const { input, lengths, batch_first, enforce_sorted } = signatures.pack_padded_sequence.read(args);
  let [sizes, ordered]: [Tensor, Tensor] = [as_tensor(lengths, { dtype: dtypes.int64 }), input];
  let sorted_indices: Tensor | null = null;
  if (!enforce_sorted) {
    const [sorted, order] = sizes.sort(-1, true);
    sizes = sorted;
    sorted_indices = order.to(input.device);
    ordered = input.index_select(batch_first ? 0 : 1, sorted_indices);
  }
  const [data, batch_sizes] = callOperator<[Tensor, Tensor]>('_pack_padded_sequence', ordered, sizes, batch_first);
  return new PackedSequence(data, batch_sizes, sorted_indices, null);
}

/** The padded sequences and their lengths. https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.rnn.pad_packed_sequence.html */
export function pad_packed_sequence(...args: signatures.PadPackedSequenceArgs): [Tensor, Tensor] {
  const { sequence, batch_first, padding_value, total_length } = signatures.pad_packed_sequence.read(args);
  if (!(sequence instanceof PackedSequence)) {
    throw new TypeError(`'${typeName(sequence)}' object has no attribute 'batch_sizes'`);
  }
  const longest = sequence.batch_sizes.size(0);
  if (total_length !== null && total_length < longest) {
    throw new RangeError(
      `Expected total_length to be at least the length of the longest sequence in input, but got total_length=${total_length} and max sequence length being ${longest}`,
    );
  }
  const [padded, lengths] = callOperator<[Tensor, Tensor]>(
    '_pad_packed_sequence',
    sequence.data,
    sequence.batch_sizes,
    batch_first,
    padding_value,
    total_length ?? longest,
  );
  const { unsorted_indices } = sequence;
  if (unsorted_indices === null) return [padded, lengths];
  return [padded.index_select(batch_first ? 0 : 1, unsorted_indices), lengths.index(unsorted_indices.to('cpu'))];
}

/** Stacks sequences, filled up to the longest: (L, N, *). https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.rnn.pad_sequence.html */
export function pad_sequence(...args: signatures.PadSequenceArgs): Tensor {
  const { sequences, batch_first, padding_value, padding_side } = signatures.pad_sequence.read(args);
  if (typeof (sequences as Iterable<Tensor> | undefined)?.[Symbol.iterator] !== 'function') {
    throw new TorchError(
      `pad_sequence: Expected iterable for input sequences, but got arg of type: ${typeName(sequences)}`,
    );
  }
  const list = sequences instanceof Tensor ? sequences.unbind(0) : [...sequences];
  return callOperator('pad_sequence', list, batch_first, padding_value, padding_side);
}

/** The reverse of `pad_sequence`. https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.rnn.unpad_sequence.html */
export function unpad_sequence(...args: signatures.UnpadSequenceArgs): Tensor[] {
  const { padded_sequences, lengths, batch_first } = signatures.unpad_sequence.read(args);
  requireTensor('unpad_sequence', 'padded_sequences', padded_sequences);
  requireTensor('unpad_sequence', 'lengths', lengths);
  const rows = (batch_first ? padded_sequences : padded_sequences.transpose_(0, 1)).unbind(0);
  const sizes = lengths.tolist() as number[];
  return rows.map((row, i) => row.narrow(0, 0, sizes[i]!).clone());
}

/** Packs sequences (L, *). https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.rnn.pack_sequence.html */
export function pack_sequence(...args: signatures.PackSequenceArgs): PackedSequence {
  const [sequences, enforce_sorted] = signatures.pack_sequence.list(args);
  requireTensors('pack_sequence', 'sequences', sequences);
  const lengths = sequences.map((sequence) => sequence.size(0));
  return pack_padded_sequence(pad_sequence(sequences), lengths, { enforce_sorted });
}

/** The reverse of `pack_sequence`. https://docs.pytorch.org/docs/2.13/generated/torch.nn.utils.rnn.unpack_sequence.html */
export function unpack_sequence(...args: signatures.UnpackSequenceArgs): Tensor[] {
  const [packed_sequences] = signatures.unpack_sequence.list(args);
  const [padded, lengths] = pad_packed_sequence(packed_sequences, { batch_first: true });
  return unpad_sequence(padded, lengths, true);
}
