/** Graphs of programs as plain data. */
import { inspect } from 'node:util';
import { isTensor } from '../arguments/checks';
import { type DType, dtypeOf } from '../base/types';
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { ScriptBlock, ScriptNode, ScriptValue } from '../native/functions';
import type { NativePart } from '../native/part';
import type { Tensor } from '../tensor/tensor';
import { decoded, encoded } from './values';

/** A value of a graph: an input, or a result of a node. */
export interface GraphValue {
  /** Its number, which no other value of the graph has. */
  readonly id: number;
  readonly name: string;
  /** As the graph prints it: `Tensor`, `int[]`, `Float(2, 3, strides=[3, 1])`. */
  readonly type: string;
  /** Of a tensor that was traced; null where it is not known. */
  readonly dtype: DType | null;
  readonly sizes: readonly number[] | null;
  readonly requires_grad: boolean | null;
}

/** A step of a graph. */
export interface GraphNode {
  /** `aten::add`, `prim::Constant`, … */
  readonly kind: string;
  /** The operator with its overload, `aten::add.Tensor`; null for what is no operator. */
  readonly operator: string | null;
  /** The names of its schema's parameters, in the order of `inputs`. */
  readonly schema: string | null;
  /** The path of the module that it came from. */
  readonly scope: string;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  /**
   * `value` of a constant, `name` of an attribute; tensors, numbers, texts, lists, null. `is_number` marks a constant
   * tensor that was a number.
   */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The branches of an `if`, the body of a loop. */
  readonly blocks: readonly GraphBlock[];
}

export interface GraphBlock {
  readonly inputs: readonly GraphValue[];
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly GraphValue[];
}

type Known = Map<number, GraphValue>;

function valueOf([id, name, type, dtype, sizes, requires_grad]: ScriptValue, known: Known): GraphValue {
  const value = { id, name, type, dtype: dtype === null ? null : dtypeOf(dtype), sizes, requires_grad };
  known.set(id, value);
  return value;
}

/** "aten::add.Tensor(Tensor self, …) -> Tensor" → "aten::add.Tensor". */
function operatorOf(schema: string | null): string | null {
  return schema === null ? null : schema.slice(0, schema.indexOf('('));
}

function nodeOf([kind, schema, scope, inputs, outputs, attributes, blocks]: ScriptNode, known: Known): GraphNode {
  const named: Record<string, unknown> = {};
  for (let i = 0; i < attributes.length; i += 2) named[attributes[i] as string] = decoded(attributes[i + 1]);
  return {
    kind,
    operator: operatorOf(schema),
    schema,
    scope,
    inputs: inputs.map((id) => known.get(id)!),
    blocks: blocks.map((block) => blockOf(block, known)),
    outputs: outputs.map((value) => valueOf(value, known)),
    attributes: named,
  };
}

export function blockOf([inputs, nodes, outputs]: ScriptBlock, known: Known = new Map()): GraphBlock {
  return {
    inputs: inputs.map((value) => valueOf(value, known)),
    nodes: nodes.map((node) => nodeOf(node, known)),
    outputs: outputs.map((id) => known.get(id)!),
  };
}

/** The graph of a method or a function: it prints as Python's, and shows its nodes as plain data. */
export class Graph {
  readonly #part: NativePart;
  readonly #inlined: boolean;

  /** @internal */
  constructor(part: NativePart, inlined: boolean) {
    this.#part = part;
    this.#inlined = inlined;
  }

  /** @internal all of it */
  /** The graph as the block that holds its nodes. */
  block(): GraphBlock {
    return blockOf(call(native.script_graph, this.#part, this.#inlined));
  }

  /** The values that go in. */
  inputs(): readonly GraphValue[] {
    return this.block().inputs;
  }

  /** The values that come out. */
  outputs(): readonly GraphValue[] {
    return this.block().outputs;
  }

  /** The nodes in the order in which they run. */
  nodes(): readonly GraphNode[] {
    return this.block().nodes;
  }

  /** The graph's text. */
  toString(): string {
    return call(native.script_graph_text, this.#part, this.#inlined);
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** A value that the graph takes from its module. */
export interface HeldValue {
  readonly value: GraphValue;
  readonly tensor: Tensor;
  /** Its dotted name: that of a parameter or buffer; null for others. */
  readonly name: string | null;
}

/** Weights of a quantized layer: [weight, bias, …]. */
export interface PackedValue {
  readonly value: GraphValue;
  readonly parts: readonly unknown[];
}

/** A graph in which all calls are inlined, and parameters and buffers are inputs. */
export interface LoweredGraph {
  /** What the caller gives. */
  readonly inputs: readonly GraphValue[];
  readonly held: readonly HeldValue[];
  readonly packed: readonly PackedValue[];
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly GraphValue[];
}

/** The lowered graph of a native function; `names` of the tensors that it may hold. */
export function lowered(part: NativePart, names: ReadonlyMap<Tensor, string>): LoweredGraph {
  return assembled(call(native.script_lowered_graph, part), names);
}

/** The same with what its values are for an example. */
export function loweredFor(
  part: NativePart,
  names: ReadonlyMap<Tensor, string>,
  args: readonly unknown[],
  named: Readonly<Record<string, unknown>>,
): LoweredGraph {
  const values = Object.values(named).map(encoded);
  return assembled(call(native.script_example_graph, part, args.map(encoded), Object.keys(named), values), names);
}

function assembled([raw, held]: [ScriptBlock, unknown[]], names: ReadonlyMap<Tensor, string>): LoweredGraph {
  const { inputs, nodes, outputs } = blockOf(raw);
  const given = inputs.length - held.length;
  const further = inputs.slice(given).map((value, i) => [value, held[i]] as const);
  return {
    inputs: inputs.slice(0, given),
    held: further.flatMap(([value, tensor]) =>
      isTensor(tensor) ? [{ value, tensor, name: names.get(tensor) ?? null }] : [],
    ),
    packed: further.flatMap(([value, parts]) => (Array.isArray(parts) ? [{ value, parts }] : [])),
    nodes,
    outputs,
  };
}
