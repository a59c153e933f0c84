/** Drawings of the autograd graph, in the manner of torchviz. https://github.com/szagoruyko/pytorchviz */

import {
  isOptions,
  isTensor,
  requireBoolean,
  requireList,
  requireNumber,
  requireTensor,
  requireTensors,
  Signature,
} from '../face/arguments';
import { type Node, type SavedValue, savedFieldsOf, valueText } from '../face/tensors';
import type { Tensor } from '../tensor/tensor';
import { Digraph } from './digraph';

export { type Attributes, Digraph, type GraphFormat } from './digraph';

/** Tensors by name: a state_dict, or `Object.fromEntries(model.named_parameters())`. */
export type NamedTensors = Readonly<Record<string, Tensor>> | readonly (readonly [string, Tensor])[];

export interface MakeDotOptions {
  params?: NamedTensors | null;
  /** Lists what each step has saved. */
  show_attrs?: boolean;
  /** Draws the tensors that the steps have saved. */
  show_saved?: boolean;
  /** The most letters of a value in such a list. */
  max_attr_chars?: number;
}

const COLORS = { result: 'darkolivegreen1', leaf: 'lightblue', step: 'lightgrey', saved: 'orange' };

const nodeStyle = {
  style: 'filled',
  shape: 'box',
  align: 'left',
  fontname: 'monospace',
  fontsize: 10,
  ranksep: 0.1,
  height: 0.2,
  color: 'black',
};

function shapeText({ shape }: Tensor): string {
  return `(${shape.join(', ')})`;
}

type ShownOptions = Omit<MakeDotOptions, 'params'>;
type DrawingOptions = Required<ShownOptions>;

/** Python's text of what a step has saved. */
function attributeText(value: SavedValue): string {
  if (isTensor(value)) return '[saved tensor]';
  if (!Array.isArray(value)) return typeof value === 'string' ? value : valueText(value);
  if (value.some(isTensor)) return '[saved tensors]';
  return `(${value.map(valueText).join(', ')}${value.length === 1 ? ',' : ''})`;
}

/** The name of a step, with a table of what it has saved when that is wanted. */
function stepText(node: Node, { show_attrs, max_attr_chars }: DrawingOptions): string {
  const name = node.name().replace(/^torch::autograd::/, '');
  const rows = show_attrs ? savedFieldsOf(node).map(([field, value]) => [field, attributeText(value)] as const) : [];
  if (rows.length === 0) return name;
  const first = Math.max(...rows.map(([field]) => field.length));
  const second = Math.min(Math.max(...rows.map(([, text]) => text.length)), Math.max(max_attr_chars, 3));
  const cut = (text: string) => (text.length > second ? `${text.slice(0, second - 3)}...` : text);
  const table = rows.map(([field, text]) => `${field.padEnd(first)}: ${cut(text).padStart(second)}`);
  return [name, '-'.repeat(Math.max(first + second + 2, name.length)), ...table].join('\n');
}

/** Walks a graph backwards from results, and draws every step and leaf once. */
class Drawing {
  readonly graph = new Digraph({ size: '12,12', ratio: 'compress' }, { ...nodeStyle, fillcolor: COLORS.step });
  private readonly names = new Map<Tensor | Node, string>();
  /** The colors of the tensors that are drawn. */
  private readonly drawn = new Map<Tensor, string>();

  constructor(
    private readonly parameters: ReadonlyMap<Tensor, string>,
    private readonly options: DrawingOptions,
  ) {}

  private name(of: Tensor | Node): string {
    const found = this.names.get(of) ?? `n${this.names.size}`;
    this.names.set(of, found);
    return found;
  }

  /** `field` is what a saved tensor is called by its step. */
  private tensor(x: Tensor, fillcolor: string, field?: string): string {
    const name = this.name(x);
    const before = this.drawn.get(x);
    // A leaf that a step has saved is a leaf: what is said of a node last counts.
    if (before !== undefined && (before !== COLORS.saved || fillcolor === COLORS.saved)) return name;
    this.drawn.set(x, fillcolor);
    const label = fillcolor === COLORS.saved ? field : this.parameters.get(x);
    this.graph.node(name, `${label === undefined ? '' : `${label}\n`}${shapeText(x)}`, { fillcolor });
    return name;
  }

  private saved(node: Node): void {
    for (const [field, value] of savedFieldsOf(node)) {
      const list = Array.isArray(value) ? value : [value];
      list.forEach((each: unknown, i) => {
        if (!isTensor(each)) return;
        const label = Array.isArray(value) ? `${field}[${i}]` : field;
        this.graph.edge(this.name(node), this.tensor(each, COLORS.saved, label), { dir: 'none' });
      });
    }
  }

  result(x: Tensor): void {
    const { grad_fn } = x;
    const name = this.tensor(x, grad_fn === null ? COLORS.leaf : COLORS.result);
    if (grad_fn !== null) this.graph.edge(this.steps(grad_fn), name);
  }

  /** Without recursion: graphs are as deep as a training loop is long. */
  private steps(last: Node): string {
    const open = [last];
    const seen = new Set(this.names.keys());
    while (open.length > 0) {
      const node = open.pop()!;
      if (seen.has(node)) continue;
      seen.add(node);
      if (this.options.show_saved) this.saved(node);
      this.graph.node(this.name(node), stepText(node, this.options));
      const leaf = node.variable;
      if (leaf !== null) this.graph.edge(this.tensor(leaf, COLORS.leaf), this.name(node));
      for (const [before] of node.next_functions) {
        if (before === null) continue;
        this.graph.edge(this.name(before), this.name(node));
        open.push(before);
      }
    }
    return this.name(last);
  }
}

/** Whether an object has the function's options, and is no dictionary of tensors that happen to have their names. */
function isMakeDotOptions(value: unknown): value is MakeDotOptions {
  if (!isOptions(value)) return false;
  const given = Object.keys(value);
  return given.length > 0 && given.every((name) => signature.names.includes(name) && !isTensor(value[name]));
}

const signature = new Signature<MakeDotOptions>('make_dot', {
  params: null,
  show_attrs: false,
  show_saved: false,
  max_attr_chars: 50,
});

/**
 * The graph that leads to tensors, from their leaves: `make_dot(loss, { params: model.named_parameters() }).svg()`.
 * Leaves are blue, with the names that `params` gives them; results are green. With `show_attrs` each step lists what it
 * has saved, with `show_saved` the tensors among that are drawn in orange.
 * @throws TorchError for these two when a backward pass has freed the graph
 */
export function make_dot(result: Tensor | readonly Tensor[], params?: NamedTensors | MakeDotOptions | null): Digraph;
export function make_dot(
  result: Tensor | readonly Tensor[],
  params: NamedTensors | null,
  options: ShownOptions,
): Digraph;
export function make_dot(result: Tensor | readonly Tensor[], ...rest: unknown[]): Digraph {
  const last = rest.at(-1);
  // A dictionary of tensors is an argument of its own, no options.
  const args = isOptions(last) && !isMakeDotOptions(last) ? [...rest, {}] : rest;
  const { params, ...options } = signature.read(args);
  requireBoolean('make_dot', 'show_attrs', options.show_attrs);
  requireBoolean('make_dot', 'show_saved', options.show_saved);
  requireNumber('make_dot', 'max_attr_chars', options.max_attr_chars);
  const pairs = Array.isArray(params) ? (params as [string, Tensor][]) : Object.entries(params ?? {});
  for (const pair of pairs) requireList('make_dot', 'params', pair);
  const results = Array.isArray(result) ? result : [result as Tensor];
  requireTensors('make_dot', 'var', results);
  for (const [, value] of pairs) requireTensor('make_dot', 'params', value);
  const drawing = new Drawing(new Map(pairs.map(([name, tensor]) => [tensor, name])), options);
  for (const x of results) drawing.result(x);
  return drawing.graph;
}
