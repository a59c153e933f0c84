/** Branches and loops of TorchScript as ONNX's If and Loop. */
import { isTensor } from '../arguments/checks';
import { type DType, dtypes } from '../base/types';
import type { GraphBlock, GraphNode } from '../jit/graph';
import { ABSENT, type Builder, type Name } from './builder';
import { type Facts, Unsupported } from './call';
import type { GraphData, NodeData, ValueData } from './proto';
import { type Computed, known, list, type Value } from './values';

/** Who translates what is in a block. */
export interface Translator {
  readonly build: Builder;
  /** Of a result of a node, or an input of a block. */
  facts(value: GraphBlock['inputs'][number]): Facts | null;
  bind(value: GraphBlock['inputs'][number], to: Value): void;
  /** The values of a block's results, whose nodes are added to the graph that is written. */
  block(block: GraphBlock): Value[];
}

/** Whether a block ends in an error that the program raises. */
const raises = ({ nodes }: GraphBlock) => nodes.some(({ kind }) => kind === 'prim::RaiseException');

/** Loops that make lists are written turn by turn; so many of them at most. */
const MOST_TURNS = 1000;

const growsLists = ({ nodes }: GraphBlock): boolean =>
  nodes.some(({ kind, blocks }) => kind === 'aten::append' || blocks.some(growsLists));

function infoOf({ name, dtype, sizes, dynamic }: Computed): ValueData {
  return { name, dtype, sizes: sizes.map((size, dim) => (dynamic[dim] ? '' : size)) };
}

/** A number or a flag as a tensor of the graph; what is a tensor as it is. */
export function asComputed(build: Builder, value: Value, dtype: DType | null): Computed {
  if (value.kind === 'computed') {
    if (dtype === null || dtype === value.dtype) return value;
    return { ...value, name: build.cast(value.name, value.dtype, dtype), dtype };
  }
  const given = value.kind === 'known' ? value.value : undefined;
  if (isTensor(given)) {
    return {
      kind: 'computed',
      name: build.constant(given),
      dtype: given.dtype,
      sizes: given.shape,
      dynamic: given.shape.map(() => false),
    };
  }
  if (typeof given !== 'number' && typeof given !== 'boolean') {
    throw new Unsupported('a branch or a turn gives None, a text or a list where another gives a tensor');
  }
  const own =
    dtype ?? (typeof given === 'boolean' ? dtypes.bool : Number.isInteger(given) ? dtypes.int64 : dtypes.float64);
  return { kind: 'computed', name: build.scalar(given, own), dtype: own, sizes: [], dynamic: [] };
}

/** Results of a graph within have names of their own there. */
function renamed(build: Builder, value: Computed): Computed {
  return { ...value, name: build.op('Identity', [value.name]) };
}

/** What two branches give in one place. */
class Meeting {
  readonly yes: Computed[] = [];
  readonly no: Computed[] = [];

  constructor(
    private readonly build: Builder,
    private readonly nodes: readonly [yes: NodeData[], no: NodeData[]],
  ) {}

  private inBranch(which: 0 | 1, make: () => Computed): Computed {
    const [nodes, result] = this.build.within(make);
    this.nodes[which].push(...nodes);
    return result;
  }

  /** The value after the branches: the same in both, or one that is a result of the If, whose name is filled in later. */
  of(yes: Value, no: Value, dtype: DType | null): Value | { readonly at: number } {
    if (yes.kind === 'known' && no.kind === 'known' && Object.is(yes.value, no.value)) return yes;
    if (yes.kind === 'list' && no.kind === 'list') throw new Unsupported('its branches give lists or tuples');
    const { build } = this;
    const wanted = dtype ?? (yes.kind === 'computed' ? yes.dtype : no.kind === 'computed' ? no.dtype : null);
    const [a, b] = [
      this.inBranch(0, () => renamed(build, asComputed(build, yes, wanted))),
      this.inBranch(1, () => renamed(build, asComputed(build, no, wanted))),
    ];
    if (a.sizes.length !== b.sizes.length)
      throw new Unsupported('its branches give tensors of other numbers of dimensions');
    const dynamic = a.sizes.map((size, dim) => a.dynamic[dim]! || b.dynamic[dim]! || size !== b.sizes[dim]);
    this.yes.push({ ...a, dynamic });
    this.no.push({ ...b, dynamic });
    return { at: this.yes.length - 1 };
  }
}

/** A branch: one that is decided, or of which the other only raises an error, is written in its place. */
export function branches(t: Translator, node: GraphNode, condition: Value): Value[] {
  const [first, second] = node.blocks as readonly [GraphBlock, GraphBlock];
  if (condition.kind === 'known') return t.block(condition.value ? first : second);
  if (raises(second)) return t.block(first);
  if (raises(first)) return t.block(second);
  const { build } = t;
  const [yesNodes, yes] = build.within(() => t.block(first));
  const [noNodes, no] = build.within(() => t.block(second));
  const nodes: [NodeData[], NodeData[]] = [[...yesNodes], [...noNodes]];
  const meeting = new Meeting(build, nodes);
  const met = yes.map((value, i) => meeting.of(value, no[i]!, scalarOf(t, node.outputs[i]!)));
  if (meeting.yes.length === 0) return met as Value[];
  const graph = (which: 0 | 1, outputs: readonly Computed[]): GraphData => ({
    inputs: [],
    outputs: outputs.map(infoOf),
    nodes: nodes[which],
  });
  const attributes = { then_branch: graph(0, meeting.yes), else_branch: graph(1, meeting.no) };
  const flag = asComputed(build, condition, dtypes.bool);
  const names = build.nodeOf('If', [flag.name], meeting.yes.length, attributes);
  return met.map((value) => ('at' in value ? { ...meeting.yes[value.at]!, name: names[value.at]! } : value));
}

/** The dtype of a number or flag; null for a tensor, which has its own. */
function scalarOf(t: Translator, value: GraphBlock['inputs'][number]): DType | null {
  return /^(int|float|bool)$/.test(value.type) ? t.facts(value)!.dtype : null;
}

/** A loop. What it does not change stays outside. */
export function loop(
  t: Translator,
  node: GraphNode,
  [most, condition, ...initial]: readonly [Value, Value, ...Value[]],
): Value[] {
  const [body] = node.blocks as readonly [GraphBlock];
  const stays = body.inputs.slice(1).map(({ id }, i) => body.outputs[i + 1]!.id === id);
  const hasLists = growsLists(body) || initial.some(({ kind }, i) => kind === 'list' && !stays[i]);
  if (hasLists) return unrolled(t, body, most, condition, initial);
  return written(t, node, body, most, condition, initial, stays);
}

/** Turn by turn: the number of turns must be known. */
function unrolled(t: Translator, body: GraphBlock, most: Value, condition: Value, initial: readonly Value[]): Value[] {
  const turns = most.kind === 'known' ? Number(most.value) : Infinity;
  let [goesOn, carried] = [condition, initial];
  for (let i = 0; i < turns; i++) {
    if (goesOn.kind !== 'known' || turns > MOST_TURNS) {
      throw new Unsupported('it makes a list in turns whose number is known only when the model runs');
    }
    if (goesOn.value === false) break;
    t.bind(body.inputs[0]!, known(i));
    carried.forEach((value, k) => void t.bind(body.inputs[k + 1]!, value));
    [goesOn, ...carried] = t.block(body) as [Value, ...Value[]];
  }
  return [...carried];
}

function written(
  t: Translator,
  node: GraphNode,
  body: GraphBlock,
  most: Value,
  condition: Value,
  initial: readonly Value[],
  stays: readonly boolean[],
): Value[] {
  const { build } = t;
  const index: Computed = { kind: 'computed', name: build.unique('turn'), dtype: dtypes.int64, sizes: [], dynamic: [] };
  const goesOn: Computed = { ...index, name: build.unique('condition'), dtype: dtypes.bool };
  const starts: Computed[] = [];
  const entries: Computed[] = [];
  body.inputs.slice(1).forEach((input, i) => {
    if (stays[i]) {
      t.bind(input, initial[i]!);
      return;
    }
    const facts = t.facts(input);
    if (facts === null) throw new Unsupported('it carries a value whose shape is not known');
    const entry: Computed = { kind: 'computed', name: build.unique('carried'), ...facts };
    starts.push(asComputed(build, initial[i]!, facts.dtype));
    entries.push(entry);
    t.bind(input, entry);
  });
  t.bind(body.inputs[0]!, index);
  const [nodes, ends] = build.within(() => {
    const [next, ...carried] = t.block(body) as [Value, ...Value[]];
    const changed = carried.filter((_, i) => !stays[i]);
    return [
      renamed(build, asComputed(build, next, dtypes.bool)),
      ...changed.map((value, i) => renamed(build, asComputed(build, value, entries[i]!.dtype))),
    ];
  });
  ends.slice(1).forEach(({ sizes }, i) => {
    if (sizes.length !== entries[i]!.sizes.length)
      throw new Unsupported('a turn changes the number of dimensions of a tensor');
  });
  const outputs = [
    ends[0]!,
    ...ends.slice(1).map((end, i) => ({ ...end, sizes: entries[i]!.sizes, dynamic: entries[i]!.dynamic })),
  ];
  const graph: GraphData = { inputs: [index, goesOn, ...entries].map(infoOf), outputs: outputs.map(infoOf), nodes };
  const isEndless = most.kind === 'known' && Number(most.value) >= Number.MAX_SAFE_INTEGER;
  const limit = isEndless ? ABSENT : asComputed(build, most, dtypes.int64).name;
  const start = asComputed(build, condition, dtypes.bool).name;
  const inputs: Name[] = [limit, start, ...starts.map(({ name }) => name)];
  const names = build.nodeOf('Loop', inputs, entries.length, { body: graph });
  let at = 0;
  return initial.map((value, i) => (stays[i] ? value : made(t, node, i, names[at]!, entries[at++]!)));
}

function made(t: Translator, node: GraphNode, at: number, name: Name, entry: Computed): Computed {
  const facts = t.facts(node.outputs[at]!);
  return { kind: 'computed', name, ...(facts ?? { dtype: entry.dtype, sizes: entry.sizes, dynamic: entry.dynamic }) };
}

/** A list with one more value at its end. */
export function appended(to: Value, item: Value): Value {
  if (to.kind !== 'list') throw new Unsupported('it makes a list longer that is none here');
  return list([...to.items, item]);
}
