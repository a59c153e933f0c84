/** What Python's `repr` of a tensor shows. */
import { unpack_dual } from '../autograd/forward_ad';
import { no_grad } from '../autograd/grad_mode';
import { floatText, tupleText } from '../base/python_text';
import { type DType, dtypes, layouts } from '../base/types';
import { get_default_dtype } from '../tensor/creation';
import type { Tensor } from '../tensor/tensor';
import { elementsText } from './elements';
import { printOptions } from './options';
import { wrapperText } from './wrapper';

/** Dtypes that the elements' own text implies. */
function isImplied(dtype: DType): boolean {
  const usual = get_default_dtype();
  const complex = usual === dtypes.float64 ? dtypes.complex128 : dtypes.complex64;
  return dtype === usual || dtype === complex || dtype === dtypes.int64 || dtype === dtypes.bool;
}

/** What stands between `tensor(` and the suffixes, and the suffixes of that kind of tensor. */
interface Contents {
  text: string;
  suffixes: string[];
}

function sizeSuffix(x: Tensor): string {
  return `size=${tupleText(x.shape)}`;
}

function dtypeSuffixes(x: Tensor): string[] {
  return isImplied(x.dtype) ? [] : [`dtype=${x.dtype}`];
}

/** The dense tensors that a sparse one is made of, each on its own line. */
function partsText(parts: Record<string, Tensor>, indent: number): string {
  const texts = Object.entries(parts).map(([name, part]) => {
    const prefix = `${name}=tensor(`;
    const text = part.is_meta ? '...' : elementsText(part, indent + prefix.length);
    const size = part.is_meta || part.numel() === 0 ? `, ${sizeSuffix(part)}` : '';
    return `${prefix}${text}${size})`;
  });
  return texts.join(`,\n${' '.repeat(indent)}`);
}

function sparseContents(x: Tensor, parts: Record<string, Tensor>, indent: number): Contents {
  const count = x.is_meta ? [] : [`nnz=${x._nnz()}`];
  return { text: partsText(parts, indent), suffixes: [sizeSuffix(x), ...count, ...dtypeSuffixes(x)] };
}

function compressedParts(x: Tensor): Record<string, Tensor> {
  const byRow = x.layout === layouts.sparse_csr || x.layout === layouts.sparse_bsr;
  if (byRow) return { crow_indices: x.crow_indices(), col_indices: x.col_indices(), values: x.values() };
  return { ccol_indices: x.ccol_indices(), row_indices: x.row_indices(), values: x.values() };
}

/** The quantization schemes by libtorch's number (c10::QScheme). */
const quantizationSchemes = [
  'per_tensor_affine',
  'per_channel_affine',
  'per_tensor_symmetric',
  'per_channel_symmetric',
  'per_channel_affine_float_qparams',
];

function quantizedContents(x: Tensor, indent: number): Contents {
  const scheme = quantizationSchemes[Number(x.qscheme())]!;
  const parameters = scheme.startsWith('per_tensor')
    ? [`scale=${floatText(x.q_scale())}`, `zero_point=${x.q_zero_point()}`]
    : [
        `scale=${tensorToString(x.q_per_channel_scales())}`,
        `zero_point=${tensorToString(x.q_per_channel_zero_points())}`,
        `axis=${x.q_per_channel_axis()}`,
      ];
  const suffixes = [sizeSuffix(x), ...dtypeSuffixes(x), `quantization_scheme=torch.${scheme}`, ...parameters];
  return { text: elementsText(x.dequantize(), indent), suffixes };
}

function nestedContents(x: Tensor): Contents {
  const parts = x.unbind(0).map((part) => tensorToString(part).replace(/^/gm, '  '));
  return { text: `[\n${parts.join(',\n')}\n]`, suffixes: [] };
}

function denseContents(x: Tensor, indent: number): Contents {
  const unusual = x.dtype === get_default_dtype() ? [] : [`dtype=${x.dtype}`];
  if (x.is_meta) return { text: '...', suffixes: [sizeSuffix(x), ...unusual] };
  if (x.numel() === 0) return { text: '[]', suffixes: [...(x.dim() === 1 ? [] : [sizeSuffix(x)]), ...unusual] };
  const size = printOptions.edgeitems === 0 ? [sizeSuffix(x)] : [];
  const dense = x.layout === layouts.strided ? x : x.to_dense();
  return { text: elementsText(dense, indent), suffixes: [...size, ...dtypeSuffixes(x)] };
}

function contentsOf(x: Tensor, indent: number): Contents {
  if (x.is_nested) return nestedContents(x);
  const plain = x.detach();
  switch (x.layout) {
    case layouts.sparse_coo:
      return sparseContents(x, { indices: plain._indices(), values: plain._values() }, indent);
    case layouts.sparse_csr:
    case layouts.sparse_csc:
    case layouts.sparse_bsr:
    case layouts.sparse_bsc:
      return sparseContents(x, compressedParts(plain), indent);
    default:
      return x.is_quantized ? quantizedContents(plain, indent) : denseContents(plain, indent);
  }
}

/** The place in the graph; a view that was changed under `no_grad` has none that holds. */
function gradSuffix(x: Tensor): string[] {
  try {
    const node = x.grad_fn;
    if (node !== null) return [`grad_fn=<${node.name().replace(/^(\w+::)+/, '')}>`];
  } catch {
    return ['grad_fn=<Invalid>'];
  }
  return x.requires_grad ? ['requires_grad=True'] : [];
}

/** Appends the suffixes, on the last line while they fit there. */
function withSuffixes(text: string, suffixes: readonly string[], indent: number, newLine: boolean): string {
  let result = text;
  let width = text.length - text.lastIndexOf('\n') + 1;
  let breaks = newLine;
  for (const suffix of suffixes) {
    if (breaks || width + suffix.length + 2 > printOptions.linewidth) {
      result += `,\n${' '.repeat(indent)}${suffix}`;
      width = indent + suffix.length;
      breaks = false;
    } else {
      result += `, ${suffix}`;
      width += suffix.length + 2;
    }
  }
  return `${result})`;
}

/** The text of a tensor, exactly as Python prints it. */
export function tensorToString(x: Tensor): string {
  return no_grad(() => {
    const wrapped = wrapperText(x, tensorToString);
    if (wrapped !== undefined) return wrapped;
    const prefix = x.is_nested ? 'nested_tensor(' : 'tensor(';
    const { primal, tangent } = unpack_dual(x);
    const { text, suffixes } = contentsOf(primal, prefix.length);
    const device = x.device.type === 'cpu' ? [] : [`device='${x.device}'`];
    const layout = x.layout === layouts.strided ? [] : [`layout=${x.layout}`];
    const derivative = tangent === null ? [] : [`tangent=${tensorToString(tangent)}`];
    const all = [...device, ...suffixes, ...layout, ...gradSuffix(x), ...derivative];
    return withSuffixes(prefix + text, all, prefix.length, x.is_sparse);
  });
}
