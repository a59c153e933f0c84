/** A graph's text without what differs between two traces of one function: shapes, names, where constants stand. */
import { Tensor } from '../tensor/tensor';
import type { GraphBlock, GraphNode, GraphValue } from './graph';

class Writer {
  private readonly names = new Map<number, string>();
  private readonly lines: string[] = [];

  private count = 0;

  private define(value: GraphValue, name = `%${this.count++}`): string {
    this.names.set(value.id, name);
    return name;
  }

  private uses(values: readonly GraphValue[]): string {
    return values.map(({ id }) => this.names.get(id) ?? '%?').join(', ');
  }

  private node(node: GraphNode): void {
    const { kind, inputs, outputs, attributes, blocks } = node;
    if (kind === 'prim::GetAttr') {
      // an attribute of the module: its path stands for it, wherever it is read
      this.define(outputs[0]!, `${this.uses(inputs)}.${attributes.name}`);
      return;
    }
    if (kind === 'prim::Constant') {
      this.define(outputs[0]!, textOf(attributes.value ?? attributes.name));
      return;
    }
    const given = Object.entries(attributes).map(([name, value]) => `${name}=${textOf(value)}`);
    const called = `${node.operator ?? kind}(${this.uses(inputs)})${given.length > 0 ? `[${given.join(', ')}]` : ''}`;
    this.lines.push(`${outputs.map((value) => this.define(value)).join(', ')} = ${called}`);
    for (const block of blocks) this.block(block);
  }

  private block({ inputs, nodes, outputs }: GraphBlock): void {
    this.lines.push(`block(${inputs.map((value) => this.define(value)).join(', ')}):`);
    for (const node of nodes) this.node(node);
    this.lines.push(`return (${this.uses(outputs)})`);
  }

  text(graph: GraphBlock): string {
    this.block(graph);
    return this.lines.join('\n');
  }
}

/** Tensors are compared by their values, elsewhere. */
function textOf(value: unknown): string {
  return value instanceof Tensor ? `<${value.dtype} ${value.shape.join('x')}>` : String(value);
}

export function canonicalText(graph: GraphBlock): string {
  return new Writer().text(graph);
}
