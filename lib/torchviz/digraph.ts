/** A directed graph in Graphviz's language. https://graphviz.org/doc/info/lang.html */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCodec } from '../face/files';
import { requireInstalled, runBlocking } from '../face/system';

export type Attributes = Readonly<Record<string, string | number>>;

/** What `render` writes. */
export type GraphFormat = 'svg' | 'png' | 'dot' | 'gv';

/** Text in quotes; a line's end becomes Graphviz's own. */
function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function attributeList(attributes: Attributes): string {
  const entries = Object.entries(attributes);
  if (entries.length === 0) return '';
  return ` [${entries.map(([name, value]) => `${name}=${quoted(String(value))}`).join(' ')}]`;
}

/** A graph in Graphviz's language. */
export class Digraph {
  private readonly lines: string[] = [];

  constructor(
    private readonly graphAttributes: Attributes = {},
    private readonly nodeAttributes: Attributes = {},
  ) {}

  /** Adds a node. */
  node(name: string, label: string, attributes: Attributes = {}): void {
    this.lines.push(`\t${quoted(name)}${attributeList({ label, ...attributes })}`);
  }

  /** Adds an edge. */
  edge(from: string, to: string, attributes: Attributes = {}): void {
    this.lines.push(`\t${quoted(from)} -> ${quoted(to)}${attributeList(attributes)}`);
  }

  /** The graph as text. */
  get source(): string {
    const head = [`\tgraph${attributeList(this.graphAttributes)}`, `\tnode${attributeList(this.nodeAttributes)}`];
    return ['digraph {', ...head, ...this.lines, '}', ''].join('\n');
  }

  toString(): string {
    return this.source;
  }

  /** The drawn graph. Needs the package `@viz-js/viz`. */
  svg(): string {
    requireInstalled('@viz-js/viz', 'torchviz');
    return runBlocking<string>(join(__dirname, 'layout.js'), 'dotToSvg', this.source);
  }

  /** Writes `filename.format`; PNG needs `sharp` too. Returns the file's name. */
  render(filename: string, format: GraphFormat = 'svg'): string {
    const path = `${filename}.${format}`;
    if (format === 'png') writeFileSync(path, runCodec<Uint8Array>('torchviz', 'rasterize', this.svg(), 1));
    else if (format === 'svg') writeFileSync(path, this.svg());
    else if (format === 'dot' || format === 'gv') writeFileSync(path, this.source);
    else throw new RangeError(`unknown format: ${String(format)} (must be one of svg, png, dot, gv)`);
    return path;
  }
}
