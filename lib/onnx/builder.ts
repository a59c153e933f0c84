/** The graph that is being written. */
import { type DType, dtypes } from '../base/types';
import { tensorBytes } from '../files/tensor_bytes';
import { tensor } from '../tensor/creation';
import type { Tensor } from '../tensor/tensor';
import { type Attributes, elementType, type NodeData, type TensorData } from './proto';

/** The name of a value of the graph that is written; empty for an input that is not given. */
export type Name = string;

export const ABSENT: Name = '';

/** The elements of a tensor as an ONNX file has them. */
export function dataOf(x: Tensor, name = ''): TensorData {
  const bytes = Buffer.alloc(x.nbytes);
  let at = 0;
  for (const piece of tensorBytes(x)) {
    bytes.set(piece, at); // a piece is good until the next one comes
    at += piece.length;
  }
  return { name, dtype: x.dtype, sizes: x.shape, bytes };
}

export class Builder {
  /** Those of the graph that is written at the time. */
  nodes: NodeData[] = [];
  readonly initializers: TensorData[] = [];
  private readonly names = new Set<Name>();
  private readonly constants = new Map<string, Name>();
  private scope = '';

  constructor(readonly opset: number) {}

  /** A name that nothing has yet: the wished one, where that is free. */
  unique(wish: string): Name {
    let name = wish;
    for (let i = 1; this.names.has(name); i++) name = `${wish}_${i}`;
    this.names.add(name);
    return name;
  }

  /** Nodes that follow come from the module at this path. */
  enter(scope: string): void {
    this.scope = scope;
  }

  /** Adds a node, and names its results. */
  nodeOf(type: string, inputs: readonly Name[], outputs: number, attributes: Attributes = {}): Name[] {
    const name = this.unique(`/${this.scope === '' ? '' : `${this.scope.replaceAll('.', '/')}/`}${type}`);
    const results = Array.from({ length: outputs }, (_, i) => this.unique(`${name}_output_${i}`));
    const end = inputs.findLastIndex((input) => input !== ABSENT) + 1;
    this.nodes.push({ name, type, inputs: inputs.slice(0, end), outputs: results, attributes });
    return results;
  }

  /** Adds a node with one result. */
  op(type: string, inputs: readonly Name[], attributes?: Attributes): Name {
    return this.nodeOf(type, inputs, 1, attributes)[0]!;
  }

  /** Nodes that are added meanwhile make a graph of their own, which sees the values of those around it. */
  within<Result>(make: () => Result): [nodes: readonly NodeData[], result: Result] {
    const around = this.nodes;
    this.nodes = [];
    try {
      const result = make();
      return [this.nodes, result];
    } finally {
      this.nodes = around;
    }
  }

  /** The elements of a tensor, for an attribute. */
  data(x: Tensor): TensorData {
    return dataOf(x);
  }

  /** Adds a node whose result has this name. */
  rename(from: Name, to: Name): void {
    this.nodes.push({ name: `${to}/Identity`, type: 'Identity', inputs: [from], outputs: [to], attributes: {} });
  }

  /** A tensor that the file holds, under a name that is taken for it. */
  hold(name: Name, x: Tensor): void {
    this.initializers.push(dataOf(x, name));
  }

  /** A tensor that the file holds, once for all equal ones. */
  constant(x: Tensor): Name {
    const data = dataOf(x);
    const key = `${x.dtype} ${x.shape} ${Buffer.from(data.bytes).toString('latin1')}`;
    const found = this.constants.get(key);
    if (found !== undefined) return found;
    const name = this.unique('constant');
    this.hold(name, x);
    this.constants.set(key, name);
    return name;
  }

  /** A tensor of no dimension. */
  scalar(value: number | boolean | bigint, dtype: DType): Name {
    return this.constant(tensor(value, { dtype }));
  }

  /** A list of whole numbers, which is a tensor of one dimension in ONNX. */
  ints(values: readonly (number | bigint)[]): Name {
    return this.constant(tensor(values.map(BigInt), { dtype: dtypes.int64 }));
  }

  cast(name: Name, from: DType, to: DType): Name {
    return from === to ? name : this.op('Cast', [name], { to: elementType(to) });
  }
}
