/** A traced graph as an ONNX graph. */
import { isTensor } from '../arguments/checks';
import { type DType, dtypes } from '../base/types';
import type { GraphBlock, GraphNode, GraphValue, LoweredGraph } from '../jit/graph';
import type { Builder, Name } from './builder';
import { Call, type Facts, Unsupported } from './call';
import { appended, branches, loop, type Translator } from './control';
import { type Dimension, formulaOf } from './dynamic';
import { OnnxExporterError } from './errors';
import { operators, others, type Rule } from './table';
import { scalars } from './table/scalar';
import { type Computed, known, list, type Value } from './values';

/** The path of the module that a node comes from: `layers.0.linear1`. */
const pathOf = (node: GraphNode) => (node.scope.split('/').at(-1) ?? '').replace(/^__module\.?/, '');

/** The name of an operator without namespace, overload and the mark of what works in place. */
const operatorOf = (node: GraphNode) => node.kind.replace(/^aten::/, '').replace(/(?<!_)_$/, '');

const worksInPlace = (node: GraphNode) => /^aten::.*[^_]_$/.test(node.kind);

/** Operators whose result looks into the memory of their first argument. */
const views =
  /^aten::(view|reshape|flatten|unflatten|transpose|t|numpy_T|mT|permute|squeeze|unsqueeze|expand|expand_as|select|slice|narrow|detach|alias|split|split_with_sizes|chunk|unbind|contiguous|to|view_as|dropout)$/;

/** Numbers and flags of TorchScript, and the dtypes that they have as tensors. */
const numeric: Readonly<Record<string, DType>> = { int: dtypes.int64, float: dtypes.float64, bool: dtypes.bool };

/** The rule for an operator; undefined where there is none. */
function ruleOf(node: GraphNode): Rule | undefined {
  if (Object.hasOwn(others, node.kind)) return others[node.kind];
  if (!node.kind.startsWith('aten::')) return undefined;
  const name = operatorOf(node);
  const isNumber = node.outputs.some(
    ({ type }) => Object.hasOwn(numeric, type) || type === 'Scalar' || type === 'number',
  );
  if (isNumber && Object.hasOwn(scalars, name)) return scalars[name];
  return Object.hasOwn(operators, name) ? operators[name] : undefined;
}

/** All nodes of a graph in their order, those of blocks behind the node that has them. */
const flattened = (nodes: readonly GraphNode[]): GraphNode[] =>
  nodes.flatMap((node) => [node, ...node.blocks.flatMap((block) => flattened(block.nodes))]);

const isOpen = (value: Value): boolean =>
  value.kind === 'list' ? value.items.some(isOpen) : value.kind === 'computed' && value.open === true;

/** The example says little of what comes of a tensor whose sizes depend on what is in it. */
function opened(facts: Facts | null, inputs: readonly Value[]): Facts | null {
  if (facts === null || !inputs.some(isOpen)) return facts;
  return { ...facts, dynamic: facts.sizes.map(() => true), open: true };
}

/** What a graph needs beside itself. */
export interface Sources {
  readonly graph: LoweredGraph;
  /** The same graph with other sizes, where some may change. */
  readonly other: LoweredGraph | null;
  readonly dimensions: readonly Dimension[];
}

/** Each operator without a rule, with the places where it is called. */
function refuseUnknown(graph: LoweredGraph): void {
  const places = new Map<string, Set<string>>();
  for (const node of graph.nodes) {
    // Blocks are looked at when they are written: of many it is decided that they never run.
    if (Object.hasOwn(structural, node.kind) || control.has(node.kind) || ruleOf(node) !== undefined) continue;
    const found = places.get(node.kind) ?? new Set();
    places.set(node.kind, found.add(pathOf(node) || 'the model itself'));
  }
  if (places.size === 0) return;
  const each = [...places].map(([kind, at]) => `${kind} (in ${[...at].join(', ')})`);
  throw new OnnxExporterError(`there is no ONNX operator here for ${each.join('; ')}`);
}

function refuseResult(): never {
  throw new OnnxExporterError('a result of the model is one that its ONNX operator does not give');
}

type Structure = (inputs: readonly Value[]) => Value[];

/** What decides which nodes run, and what ends in an error, which a file cannot. */
const control = new Set(['prim::If', 'prim::Loop', 'prim::RaiseException', 'aten::append']);

/** What the graph has beside operators. */
const structural: Readonly<Record<string, Structure>> = {
  'prim::Constant': () => [],
  'prim::ListConstruct': (inputs) => [list(inputs)],
  'prim::TupleConstruct': (inputs) => [list(inputs)],
  'prim::DictConstruct': (inputs) => [list(inputs.filter((_, i) => i % 2 === 1))],
  'prim::ListUnpack': ([value]) => [...itemsOf(value!)],
  'prim::TupleUnpack': ([value]) => [...itemsOf(value!)],
  'prim::NumToTensor': ([value]) => [value!],
  'prim::TupleIndex': ([value, index]) => [itemOf(value!, index!)],
  'prim::Uninitialized': () => [known(null)],
  'aten::format': () => [known('')], // of a message, which a file does not show
  'aten::warn': () => [],
  'aten::__getitem__': ([value, key]) => [itemOf(value!, key!)],
};

function itemsOf(value: Value): readonly Value[] {
  if (value.kind === 'known' && Array.isArray(value.value)) return value.value.map((item) => known(item));
  if (value.kind !== 'list') throw new Unsupported('it takes apart what is no list');
  return value.items;
}

/** An entry of an object that goes in, or an element of a list. */
function itemOf(value: Value, key: Value): Value {
  if (value.kind === 'list' && value.keys === undefined && key.kind === 'known') {
    const item = value.items.at(Number(key.value));
    if (item === undefined) throw new Unsupported('it looks for an element behind the end of a list');
    return item;
  }
  if (value.kind === 'known' && Array.isArray(value.value) && key.kind === 'known') {
    return known(value.value.at(Number(key.value)));
  }
  const keys = value.kind === 'list' ? value.keys : undefined;
  const at = key.kind === 'known' ? (keys?.indexOf(String(key.value)) ?? -1) : -1;
  if (at < 0) throw new Unsupported('it looks for an entry that no input has');
  return itemsOf(value)[at]!;
}

export class Translation implements Translator {
  private readonly values = new Map<number, Value>();
  /** By the value whose memory they look into. */
  private readonly roots = new Map<number, number>();
  private inputs: readonly Computed[] = [];
  private readonly order: readonly GraphNode[];
  private readonly places: ReadonlyMap<GraphNode, number>;
  /** The same nodes and values for other sizes. */
  private readonly otherOrder: readonly GraphNode[];
  private readonly otherSizes: ReadonlyMap<number, readonly number[] | null>;

  constructor(
    readonly build: Builder,
    private readonly sources: Sources,
  ) {
    refuseUnknown(sources.graph);
    this.order = flattened(sources.graph.nodes);
    this.places = new Map(this.order.map((node, i) => [node, i]));
    this.otherOrder = flattened(sources.other?.nodes ?? []);
    const results = (node: GraphNode) => [...node.outputs, ...node.blocks.flatMap(({ inputs }) => inputs)];
    const others = this.otherOrder.flatMap(results);
    this.otherSizes = new Map(
      sources.other === null ? [] : this.order.flatMap(results).map(({ id }, i) => [id, others[i]!.sizes]),
    );
  }

  /** The graph's results, tensors within lists in order. */
  run(inputs: readonly Value[], tensors: readonly Computed[], held: ReadonlyMap<number, Name>): Value[] {
    const { graph } = this.sources;
    this.inputs = tensors;
    graph.inputs.forEach((value, i) => void this.values.set(value.id, inputs[i] ?? known(null)));
    for (const { value, parts } of graph.packed) this.values.set(value.id, known(parts));
    for (const { value, tensor } of graph.held) {
      const dynamic = tensor.shape.map(() => false);
      const name = held.get(value.id)!;
      this.values.set(value.id, { kind: 'computed', name, dtype: tensor.dtype, sizes: tensor.shape, dynamic });
    }
    for (const node of graph.nodes) this.add(node);
    return graph.outputs.map((value) => this.values.get(value.id) ?? refuseResult());
  }

  bind(value: GraphValue, to: Value): void {
    this.values.set(value.id, to);
  }

  block({ nodes, outputs }: GraphBlock): Value[] {
    for (const node of nodes) this.add(node);
    return outputs.map((value) => this.value(value));
  }

  private value({ id, name }: GraphValue): Value {
    const value = this.values.get(id);
    if (value === undefined)
      throw new Unsupported(`it needs %${name}, which is a second result that ONNX does not give`);
    return value;
  }

  private add(node: GraphNode): void {
    this.build.enter(pathOf(node));
    try {
      const results = node.kind === 'prim::Constant' ? [this.constant(node)] : this.resultsOf(node);
      node.outputs.forEach((value, i) => {
        const result = results[i];
        if (result !== undefined) this.values.set(value.id, result);
      });
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      const place = pathOf(node) || 'the model itself';
      throw new OnnxExporterError(`cannot export ${node.kind}, in ${place}: ${error.message}`, { cause: error });
    }
  }

  private resultsOf(node: GraphNode): readonly Value[] {
    const inputs = node.inputs.map((value) => this.value(value));
    const structure = structural[node.kind];
    if (structure !== undefined) return structure(inputs);
    if (control.has(node.kind)) return this.controlled(node, inputs);
    this.follow(node);
    const call = new Call(
      this.build,
      node,
      inputs,
      node.outputs.map((value) => opened(this.facts(value), inputs)),
    );
    const rule = ruleOf(node);
    if (rule === undefined) throw new Unsupported('there is no ONNX operator here for it');
    const made = rule(call);
    if (typeof made === 'string') return [call.made(made)];
    if ('kind' in made) return [made];
    return made.map((name, i) => (call.facts[i] === null ? known(null) : call.made(name, i)));
  }

  private controlled(node: GraphNode, inputs: readonly Value[]): readonly Value[] {
    if (node.kind === 'prim::If') return branches(this, node, inputs[0]!);
    if (node.kind === 'prim::Loop') return loop(this, node, inputs as [Value, Value, ...Value[]]);
    if (node.kind === 'prim::RaiseException') throw new Unsupported('the model raises an error there');
    const longer = appended(inputs[0]!, inputs[1]!);
    this.bind(node.inputs[0]!, longer);
    return [longer];
  }

  /** Keeps account of who looks into whose memory, for operators that work in place. */
  private follow(node: GraphNode): void {
    const self = node.inputs[0];
    if (self === undefined) return;
    const root = this.roots.get(self.id) ?? self.id;
    for (const value of node.outputs) if (views.test(node.kind) || worksInPlace(node)) this.roots.set(value.id, root);
    if (!worksInPlace(node)) return;
    const result = node.outputs[0]!.id;
    const isInside = !this.sources.graph.nodes.includes(node);
    const later = this.order
      .slice(this.places.get(node)! + 1)
      .flatMap((each) => [...each.inputs, ...each.blocks.flatMap(({ outputs }) => outputs)]);
    const stale = [...later, ...this.sources.graph.outputs].some(
      ({ id }) => id !== result && (this.roots.get(id) ?? id) === root,
    );
    const given = this.sources.graph.inputs.some(({ id }) => id === root);
    if (stale || given || isInside)
      throw new Unsupported('it changes memory that other tensors look into: use the operator that makes a new tensor');
  }

  facts({ id, type, dtype, sizes }: GraphValue): Facts | null {
    const own = numeric[type];
    if (own !== undefined) return { dtype: own, sizes: [], dynamic: [] };
    if (dtype === null || sizes === null) return null;
    const others = this.otherSizes.get(id) ?? sizes;
    return {
      dtype: dtype.name.startsWith('q') ? dtypes.float32 : dtype, // on its grid: see table/quantized.ts
      sizes: sizes.map((size) => (size < 0 ? 1 : size)),
      dynamic: sizes.map((size, dim) => size < 0 || size !== others[dim]),
    };
  }

  /** A constant, or the number that a size came to, which is computed anew. */
  private constant(node: GraphNode): Value {
    const { value } = node.attributes;
    const other = this.otherOrder[this.places.get(node)!]?.attributes.value;
    if (this.sources.other === null || equal(value, other)) return known(value);
    const [first, second] = [numberOf(value), numberOf(other)];
    if (first === null || second === null) {
      throw new Unsupported('a tensor that was made outside of the graph changes with the dynamic sizes');
    }
    const formula = formulaOf(first, second, this.sources.dimensions);
    if (formula === undefined) {
      throw new Unsupported(
        `the number ${first} comes from a dynamic size in a way that is not seen; it was ${second} for other sizes`,
      );
    }
    const { build } = this;
    const size = (of: Dimension): Name => {
      const shape = build.op('Shape', [this.inputs[of.input]!.name], { start: of.dim, end: of.dim + 1 });
      return build.op('Squeeze', [shape, build.ints([0])]);
    };
    const whole = (count: number) => build.scalar(count, dtypes.int64);
    let name: Name;
    if (formula.kind === 'size') {
      name = size(formula.of);
      if (formula.times !== 1) name = build.op('Mul', [name, whole(formula.times)]);
      if (formula.plus !== 0) name = build.op('Add', [name, whole(formula.plus)]);
    } else {
      const [a, b] = formula.of;
      name = build.op(formula.kind === 'sum' ? 'Add' : 'Mul', [size(a), size(b)]);
      if (formula.times !== 1) name = build.op('Mul', [name, whole(formula.times)]);
    }
    const dtype = isTensor(value) ? value.dtype : dtypes.int64;
    return { kind: 'computed', name: build.cast(name, dtypes.int64, dtype), dtype, sizes: [], dynamic: [] };
  }
}

function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isInteger(value) ? value : null;
  return isTensor(value) && value.dim() === 0 && !value.dtype.is_complex ? numberOf(Number(value.item())) : null;
}

function equal(a: unknown, b: unknown): boolean {
  if (isTensor(a) && isTensor(b)) return a.dtype === b.dtype && String(a.shape) === String(b.shape) && a.equal(b);
  return Object.is(a, b) || String(a) === String(b);
}

/** @throws OnnxExporterError when the graph itself changed with the sizes */
export function checkSame(graph: LoweredGraph, other: LoweredGraph): void {
  const [nodes, others] = [flattened(graph.nodes), flattened(other.nodes)];
  const at = nodes.findIndex((node, i) => node.kind !== others[i]?.kind);
  if (at < 0 && nodes.length === others.length) return;
  const node = nodes[Math.max(at, 0)]!;
  const place = pathOf(node) || 'the model itself';
  throw new OnnxExporterError(`the model does something else for other sizes, from ${node.kind} in ${place} on`);
}
