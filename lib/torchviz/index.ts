/** Drawings of the autograd graph, in the manner of torchviz. https://github.com/szagoruyko/pytorchviz */

import { requireList, requireTensor, requireTensors } from '../arguments/checks';
import type { Node } from '../autograd/node';
import { isOptions } from '../native/kinds';
import type { Tensor } from '../tensor/tensor';
import { Digraph } from './digraph';

export { type Attributes, Digraph, type GraphFormat } from './digraph';

/** Tensors by name: a state_dict, or `Object.fromEntries(model.named_parameters())`. */
export type NamedTensors = Readonly<Record<string, Tensor>> | readonly (readonly [string, Tensor])[];

export interface MakeDotOptions {
  params?: NamedTensors | null;
}

const COLORS = { result: 'darkolivegreen1', leaf: 'lightblue', step: 'lightgrey' };

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

/** Walks a graph backwards from results, and draws every step and leaf once. */
class Drawing {
  readonly graph = new Digraph({ size: '12,12', ratio: 'compress' }, { ...nodeStyle, fillcolor: COLORS.step });
  private readonly names = new Map<Tensor | Node, string>();

  constructor(private readonly parameters: ReadonlyMap<Tensor, string>) {}

  private name(of: Tensor | Node): string {
    const found = this.names.get(of) ?? `n${this.names.size}`;
    this.names.set(of, found);
    return found;
  }

  private tensor(x: Tensor, fillcolor: string): string {
    const isNew = !this.names.has(x);
    const name = this.name(x);
    const label = this.parameters.get(x);
    if (isNew) this.graph.node(name, `${label === undefined ? '' : `${label}\n`}${shapeText(x)}`, { fillcolor });
    return name;
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
      this.graph.node(this.name(node), node.name().replace(/^torch::autograd::/, ''));
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

/**
 * The graph that leads to tensors, from their leaves: `make_dot(loss, { params: model.named_parameters() }).svg()`.
 * Leaves are blue, with the names that `params` gives them; results are green.
 */
export function make_dot(result: Tensor | readonly Tensor[], params?: NamedTensors | MakeDotOptions | null): Digraph {
  const options = isOptions(params) && 'params' in params && !isTensorLike(params.params);
  const given = (options ? (params as MakeDotOptions).params : (params as NamedTensors | null)) ?? {};
  const pairs = Array.isArray(given) ? (given as [string, Tensor][]) : Object.entries(given);
  for (const pair of pairs) requireList('make_dot', 'params', pair);
  const results = Array.isArray(result) ? result : [result as Tensor];
  requireTensors('make_dot', 'var', results);
  for (const [, value] of pairs) requireTensor('make_dot', 'params', value);
  const drawing = new Drawing(new Map(pairs.map(([name, tensor]) => [tensor, name])));
  for (const x of results) drawing.result(x);
  return drawing.graph;
}

/** Whether a dictionary's entry named `params` is a tensor itself. */
function isTensorLike(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'grad_fn' in value;
}
