/** A graph as Python prints it. */
import { Complex, Device, type DType } from '../base/types';
import { float, indent, repr } from '../nn/modules/repr';
import type { Argument, Graph, Node, Size } from './graph';
import { print } from './symbolic';

/** What the graph of a program is said to take and give: `f32[s0, 3]`. */
function annotation(graph: Graph, name: string): string {
  const meta = graph.tensors.get(name);
  if (meta !== undefined) return `: "${abbreviated(meta.dtype)}[${meta.sizes.map(sizeText).join(', ')}]"`;
  const symbol = graph.symbols.get(name);
  return symbol === undefined ? '' : `: "Sym(${sizeText(symbol)})"`;
}

const sizeText = (size: Size) => (typeof size === 'number' ? String(size) : print(size));

/** `f32`, `i64`, `b8`. */
function abbreviated({ name }: DType): string {
  if (name === 'bool') return 'b8';
  const [, kind, rest] = /^(float|bfloat|int|uint|complex)(.*)$/.exec(name) ?? [];
  const letters = { float: 'f', bfloat: 'bf', int: 'i', uint: 'u', complex: 'c' };
  return kind === undefined ? name : letters[kind as keyof typeof letters] + rest;
}

/** A constant as Python writes it. */
export function literal(argument: Argument & { kind: 'constant' }): string {
  return valueText(argument.value, argument.float ?? false);
}

function valueText(value: unknown, isFloat: boolean): string {
  if (Array.isArray(value)) return `[${value.map((each) => valueText(each, isFloat)).join(', ')}]`;
  if (isFloat && typeof value === 'number') return float(value);
  if (value instanceof Device)
    return `device(type='${value.type}'${value.index === null ? '' : `, index=${value.index}`})`;
  if (value instanceof Complex && value.re === 0) return `${value.im}j`;
  return repr(value);
}

function argumentText(argument: Argument): string {
  switch (argument.kind) {
    case 'constant':
      return literal(argument);
    case 'name':
    case 'graph':
      return argument.name;
    case 'list':
      return `[${argument.items.map(argumentText).join(', ')}]`;
    case 'dict':
      return `{${[...argument.items].map(([key, item]) => `'${key}': ${argumentText(item)}`).join(', ')}}`;
  }
}

/** Python's signs for arithmetic on sizes. */
// biome-ignore format: a table
const signs: Readonly<Record<string, string>> = {
  '_operator.add': '+', '_operator.sub': '-', '_operator.mul': '*', '_operator.truediv': '/',
  '_operator.floordiv': '//', '_operator.mod': '%', '_operator.pow': '**', '_operator.eq': '==', '_operator.ne': '!=',
  '_operator.lt': '<', '_operator.le': '<=', '_operator.gt': '>', '_operator.ge': '>=', '_operator.and_': '&',
  '_operator.or_': '|',
};

function callText({ target, inputs }: Node): string {
  const args = inputs.map(({ name, argument, keyword }) => `${keyword ? `${name} = ` : ''}${argumentText(argument)}`);
  const sign = Object.hasOwn(signs, target) ? signs[target] : undefined;
  return sign === undefined ? `${target}(${args.join(', ')})` : args.join(` ${sign} `);
}

function outputsOf({ outputs }: Node): readonly Argument[] {
  return outputs.flatMap((output) => (output.kind === 'list' ? output.items : [output]));
}

function nodeLines(graph: Graph, node: Node): string[] {
  const branches = node.inputs.flatMap(({ argument }) => (argument.kind === 'graph' ? [argument.name] : []));
  const given = branches.map((name) => `${name} = self.${name}`);
  const [only] = node.outputs;
  const isPlain = branches.length === 0 && node.outputs.length === 1 && only?.kind === 'name';
  if (isPlain) return [`${only.name}${annotation(graph, only.name)} = ${callText(node)}`];
  const parts = outputsOf(node).flatMap((output, i) =>
    output.kind === 'name' ? [`${output.name}${annotation(graph, output.name)} = ${node.name}[${i}]`] : [],
  );
  return [...given, `${node.name} = ${callText(node)}`, ...parts];
}

/** The graph's code, and that of the graphs inside of it. `names` are for inputs that are constants. */
export function readable(name: string, graph: Graph, names: readonly string[] = []): string {
  const inputs = graph.inputs.map((input, i) =>
    input.kind === 'name' ? `${input.name}${annotation(graph, input.name)}` : (names[i] ?? `arg_${i}`),
  );
  const results = graph.outputs.map(argumentText);
  const result = graph.single ? results[0] : `(${results.join(', ')}${results.length === 1 ? ',' : ''})`;
  const body = [...graph.nodes.flatMap((node) => nodeLines(graph, node)), `return ${result}`];
  const forward = [`def forward(${['self', ...inputs].join(', ')}):`, ...body.map((line) => `    ${line}`)];
  const inner = graph.nodes
    .flatMap((node) => node.inputs)
    .flatMap(({ argument }) => (argument.kind === 'graph' ? [readable(argument.name, argument.graph)] : []));
  const parts = [forward.join('\n'), ...inner].map((text) => `    ${indent(text, 4)}`);
  return `class ${name}(torch.nn.Module):\n${parts.join('\n\n')}`;
}
