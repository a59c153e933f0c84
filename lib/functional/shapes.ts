/** Functions of several tensors' shapes. */

import { refuseNames } from '../arguments/checks';
import { isInteger, plainIntegers } from '../arguments/integers';
import { Signature } from '../arguments/signature';
import { TorchError } from '../base/errors';
import { listText, tupleText } from '../base/text';
import { dtypes } from '../base/types';
import { isList, isOptions, Kind, kindOf, typeName } from '../native/kinds';
import { callOperator } from '../operators/operator';
import { tensor as makeTensor } from '../tensor/creation';
import { _torch } from '../tensor/namespaces';
import { Tensor } from '../tensor/tensor';
import * as signatures from './generated/torch';

/** Whether the first two dimensions of a grid are rows and columns, or the other way round. */
type Indexing = 'ij' | 'xy';

/** One after another, or all in one list. */
export type Tensors = Tensor[] | [tensors: readonly Tensor[]];

export function listed(tensors: Tensors): readonly Tensor[] {
  return (tensors.length === 1 && isList(tensors[0]) ? tensors[0] : tensors) as readonly Tensor[];
}

/** Expands tensors to their common shape. https://docs.pytorch.org/docs/2.13/generated/torch.broadcast_tensors.html */
export function broadcast_tensors(...tensors: Tensor[]): Tensor[] {
  refuseNames('broadcast_tensors', tensors);
  return _torch.broadcast_tensors(tensors);
}

/**
 * The shape that tensors of these shapes broadcast to.
 * https://docs.pytorch.org/docs/2.13/generated/torch.broadcast_shapes.html
 */
export function broadcast_shapes(...shapes: (number | readonly number[])[]): number[] {
  refuseNames('broadcast_shapes', shapes);
  const lists = shapes.map((shape) => plainIntegers('shape', isInteger(shape) ? [shape] : shape) as number[]);
  const wrong = lists.find((shape) => !isList(shape) || !shape.every((size) => Number.isInteger(size)));
  if (wrong !== undefined || lists.includes(undefined as never)) {
    throw new TorchError(
      `Input shapes should be of type ints, a tuple of ints, or a list of ints, got ${typeName(wrong)}`,
    );
  }
  const stranger = lists.find((shape) => !isList(shape) || kindOf(shape) === Kind.OtherList);
  if (stranger !== undefined)
    throw new TypeError(`broadcast_shapes(): a shape is a list of ints, not ${typeName(stranger)}`);
  const common = new Array<number>(Math.max(0, ...lists.map((shape) => shape.length))).fill(1);
  lists.forEach((shape, index) => {
    for (let dim = -1; dim >= -shape.length; dim--) {
      const [size, known] = [shape.at(dim)!, common.at(dim)!];
      if (size < 0 && known === 1) throw new RangeError('Attempting to broadcast a dimension with negative length!');
      if (known === 1) common[common.length + dim] = size;
      else if (size !== 1 && size !== known) {
        throw new TorchError(
          `Attempting to broadcast a dimension of length ${size} at ${dim}! Mismatching argument at index ${index} had ` +
            `${tupleText(shape)}; but expected shape should be broadcastable to ${listText(common)}`,
        );
      }
    }
  });
  return common;
}

const ofMeshgrid = new Signature<{ indexing?: Indexing | null }>('meshgrid', { indexing: null }, 1);

/**
 * The coordinates of every point of a grid, one tensor a dimension; 'xy' exchanges the first two.
 * https://docs.pytorch.org/docs/2.13/generated/torch.meshgrid.html
 */
export function meshgrid(...args: Tensors | [...Tensors, options: { indexing?: Indexing | null }]): Tensor[] {
  const last = args.at(-1);
  const { indexing } = isOptions(last) ? ofMeshgrid.read([last]) : { indexing: null };
  const tensors = listed((isOptions(last) ? args.slice(0, -1) : args) as Tensors);
  if (typeof indexing !== 'string' || !tensors.every((each) => each instanceof Tensor)) {
    return indexing === null ? _torch.meshgrid(tensors) : _torch.meshgrid(tensors, { indexing });
  }
  return callOperator('meshgrid.indexing', tensors, indexing);
}

/** Every combination of the elements of 1-dim tensors, one a row. https://docs.pytorch.org/docs/2.13/generated/torch.cartesian_prod.html */
export function cartesian_prod(...tensors: Tensor[]): Tensor {
  refuseNames('cartesian_prod', tensors);
  return _torch.cartesian_prod(tensors);
}

/** The matrices along the diagonal of one. https://docs.pytorch.org/docs/2.13/generated/torch.block_diag.html */
export function block_diag(...tensors: Tensor[]): Tensor {
  refuseNames('block_diag', tensors);
  return _torch.block_diag(tensors);
}

/** A function of one tensor, of several, or of a list. */
export interface AtLeast {
  /** The tensor, with dimensions of size 1 where it has too few. */
  (tensor: Tensor): Tensor;
  /** The tensors, with dimensions of size 1 where they have too few. */
  (...tensors: [readonly Tensor[]] | [Tensor, Tensor, ...Tensor[]]): Tensor[];
}

function atLeast(operator: 'atleast_1d' | 'atleast_2d' | 'atleast_3d'): AtLeast {
  const convert = (...tensors: Tensors): Tensor | Tensor[] => {
    refuseNames(operator, tensors);
    return _torch[operator]((tensors.length === 1 ? tensors[0] : tensors) as Tensor);
  };
  Object.defineProperty(convert, 'name', { value: operator });
  return convert as AtLeast;
}

/** A 0-dim tensor as a vector. https://docs.pytorch.org/docs/2.13/generated/torch.atleast_1d.html */
export const atleast_1d = atLeast('atleast_1d');

/** A vector as a row. https://docs.pytorch.org/docs/2.13/generated/torch.atleast_2d.html */
export const atleast_2d = atLeast('atleast_2d');

/**
 * Views with at least three dimensions.
 * https://docs.pytorch.org/docs/2.13/generated/torch.atleast_3d.html
 */
export const atleast_3d = atLeast('atleast_3d');

/**
 * Parts of the given size along `dim`, the last one smaller when it must be; or parts of the given sizes.
 * https://docs.pytorch.org/docs/2.13/generated/torch.split.html
 */
export function split(...args: signatures.SplitArgs): Tensor[] {
  const [tensor, sections, dim] = signatures.split.list(args);
  const size = sections instanceof Tensor ? sections.item() : sections;
  if (isInteger(size)) return callOperator('split.Tensor', tensor, size, dim);
  return _torch.split_with_sizes(tensor, size as readonly number[], dim);
}

/** The indices of a flat position in each dimension of `shape`. https://docs.pytorch.org/docs/2.13/generated/torch.unravel_index.html */
export function unravel_index(...args: signatures.UnravelIndexArgs): Tensor[] {
  const [indices, shape] = signatures.unravel_index.list(args);
  const { dtype, device } = indices;
  if (dtype.is_complex || dtype.is_floating_point || dtype === dtypes.bool) {
    throw new TypeError(`expected 'indices' to be integer dtype, but got ${dtype}`);
  }
  const sizes = checkedSizes(shape);
  const strides = sizes.map((_, i) => sizes.slice(i + 1).reduce((a, b) => a * b, 1n));
  const row = (values: bigint[]) => makeTensor(values, { dtype: dtypes.int64, device });
  return indices.unsqueeze(-1).floor_divide(row(strides)).remainder(row(sizes)).unbind(-1);
}

/** Exact, since the products of large sizes are not so as numbers. */
function checkedSizes(shape: unknown): bigint[] {
  const sizes: unknown[] = typeof shape === 'number' ? [shape] : isList(shape) ? shape : [];
  if (typeof shape !== 'number' && !isList(shape)) {
    throw new TypeError(`expected 'shape' to be int or sequence of ints, but got ${typeName(shape)}`);
  }
  for (const size of sizes) {
    if (typeof size !== 'bigint' && !Number.isInteger(size)) {
      throw new TypeError(`expected 'shape' sequence to only contain ints, but got ${typeName(size)}`);
    }
    if ((size as number) < 0) throw new RangeError(`'shape' cannot have negative values, but got ${tupleText(sizes)}`);
  }
  return (sizes as (number | bigint)[]).map(BigInt);
}
