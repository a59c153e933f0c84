/** Graphviz, compiled to WebAssembly. Runs in the worker of base/blocking.ts. */

/** The part of @viz-js/viz that is used; its own types are those of an ES module, which it is not when required. */
interface Viz {
  renderString(source: string, options: { format: string; engine: string }): string;
}

const { instance }: { instance: () => Promise<Viz> } = require('@viz-js/viz');
const graphviz = instance();

export async function dotToSvg(source: string): Promise<string> {
  return (await graphviz).renderString(source, { format: 'svg', engine: 'dot' });
}
