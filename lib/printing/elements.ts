/** The elements of a dense tensor in nested brackets, with the middle of large ones left out. */

import { dtypes } from '../base/types';
import { callOperator } from '../operators/operator';
import type { Tensor } from '../tensor/tensor';
import { type Columns, columnsOf, type Element } from './columns';
import { printOptions } from './options';

/** Only the ends of every dimension that is longer than both together. */
function ends(x: Tensor): Tensor {
  const { edgeitems } = printOptions;
  return x.shape.reduce((part, size, dim) => {
    if (size <= 2 * edgeitems) return part;
    const both = [part.narrow(dim, 0, edgeitems), part.narrow(dim, size - edgeitems, edgeitems)];
    return callOperator<Tensor>('cat', both, dim);
  }, x);
}

/** Types of 8 bits have no arithmetic of their own. */
function readable(x: Tensor): Tensor {
  return x.dtype.name.startsWith('float8') ? x.to(dtypes.float32) : x;
}

/** Lines of as many elements as fit, the later ones indented to the first. */
function rowText(texts: string[], indent: number, columns: Columns): string {
  const perLine = Math.max(1, Math.floor((printOptions.linewidth - indent) / (columns.width + 2)));
  const lines: string[] = [];
  for (let from = 0; from < texts.length; from += perLine) lines.push(texts.slice(from, from + perLine).join(', '));
  return `[${lines.join(`,\n${' '.repeat(indent + 1)}`)}]`;
}

/** Brackets around `columns.texts`, which are the elements in order. */
function nestedText(columns: Columns, shape: readonly number[], summarize: boolean, indent: number): string {
  const { edgeitems } = printOptions;
  let next = 0;
  const level = (dim: number, indent: number): string => {
    const elided = summarize && shape[dim]! > 2 * edgeitems;
    const count = elided ? 2 * edgeitems : shape[dim]!;
    const last = dim === shape.length - 1;
    const parts = Array.from({ length: count }, () => (last ? columns.texts[next++]! : level(dim + 1, indent + 1)));
    if (elided) parts.splice(edgeitems, 0, last ? ' ...' : '...');
    if (last) return rowText(parts, indent, columns);
    return `[${parts.join(`,${'\n'.repeat(shape.length - dim - 1)}${' '.repeat(indent + 1)}`)}]`;
  };
  return shape.length === 0 ? columns.texts[0]! : level(0, indent);
}

/** `[[1, 2],\n [3, 4]]`, with `indent` characters before it on its first line. */
export function elementsText(x: Tensor, indent: number): string {
  if (x.numel() === 0) return '[]';
  const summarize = x.numel() > printOptions.threshold;
  if (summarize && printOptions.edgeitems === 0 && x.dim() > 0) return '[...]';
  const values = readable(x);
  const elements = (summarize ? ends(values) : values).reshape(-1).tolist() as Element[];
  return nestedText(columnsOf(elements, x.dtype.is_floating_point), x.shape, summarize, indent);
}
