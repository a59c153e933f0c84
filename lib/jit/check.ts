/** Compares a trace with what it was made from. */
import { no_grad } from '../autograd/grad_mode';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isOptions } from '../native/kinds';
import { Tensor } from '../tensor/tensor';
import { assert_close } from '../testing/assert_close';
import { canonicalText } from './canonical';
import { TracingCheckError } from './errors';
import type { ScriptFunction } from './function';
import type { GraphBlock } from './graph';

/** The same structure with copies of its tensors. */
export function cloned(value: unknown): unknown {
  if (value instanceof Tensor) return value.detach().clone().requires_grad_(value.requires_grad);
  if (Array.isArray(value)) return value.map(cloned);
  if (!isOptions(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, cloned(each)]));
}

/** The inputs of a call, and how it is made of them. */
export interface Call {
  readonly values: readonly unknown[];
  readonly names: readonly string[];
  readonly run: (inputs: readonly unknown[]) => unknown;
}

interface Check {
  readonly traced: ScriptFunction;
  readonly original: Call;
  readonly retrace: () => ScriptFunction;
  /** Other inputs to call both with. */
  readonly more: readonly Call[];
  readonly tolerance: number;
  readonly keywords: boolean;
}

const indent = (text: string) => text.replace(/^/gm, '\t');

/** The first line in which two graphs differ. */
function graphDifference(first: string, second: string): string | null {
  if (first === second) return null;
  const [one, other] = [first.split('\n'), second.split('\n')];
  const at = one.findIndex((line, i) => line !== other[i]);
  const place = at < 0 ? one.length : at;
  const diff = [`- ${one[place] ?? ''}`, `+ ${other[place] ?? ''}`].join('\n');
  return `Graph diff, from line ${place + 1} on:\n${indent(diff)}`;
}

function constants(graph: GraphBlock): Tensor[] {
  return graph.nodes.flatMap(({ kind, attributes, blocks }) => {
    const inside = blocks.flatMap(constants);
    const { value } = attributes;
    return kind === 'prim::Constant' && value instanceof Tensor ? [value, ...inside] : inside;
  });
}

/** What is wrong with a comparison; null for nothing. */
function difference(compare: () => void): string | null {
  try {
    compare();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

function constantDifference(first: ScriptFunction, second: ScriptFunction): string | null {
  const [mine, theirs] = [first, second].map((fn) => {
    return constants(fn.inlined_graph.block());
  }) as [Tensor[], Tensor[]];
  for (const [i, value] of mine.entries()) {
    const other = theirs[i];
    if (other === undefined) return null; // the graphs differ, which is told
    const problem = difference(() => assert_close(value, other, { equal_nan: true }));
    if (problem !== null) return `Comparison exception: ${problem}`;
  }
  return null;
}

function tensorsOf(result: unknown): Tensor[] {
  return (Array.isArray(result) ? result : [result]).filter((value): value is Tensor => value instanceof Tensor);
}

function failure(graphs: string | null, values: string | null, extra?: string): TracingCheckError {
  const parts = ['Tracing failed sanity checks!'];
  if (extra !== undefined) parts.push(extra);
  if (graphs !== null) parts.push('ERROR: Graphs differed across invocations!', indent(graphs));
  if (values !== null) {
    parts.push(
      'ERROR: Tensor-valued Constant nodes differed in value across invocations. This often indicates that the tracer has encountered untraceable code.',
      indent(values),
    );
  }
  return new TracingCheckError(parts.join('\n'));
}

function warnOf(text: string): void {
  process.emitWarning(text, 'TracerWarning');
}

function plain(x: Tensor): Tensor {
  return x.is_quantized ? x.dequantize() : x;
}

/** Tells of results that differ between the trace and the function. */
function compareResults(traced: ScriptFunction, actual: unknown, expected: unknown, tolerance: number): void {
  const [mine, theirs] = [tensorsOf(actual), tensorsOf(expected)];
  for (const [i, value] of mine.entries()) {
    const options = { rtol: tolerance, atol: tolerance < 1e-5 ? tolerance : 1e-5, equal_nan: true };
    const problem = difference(() => assert_close(plain(value), plain(theirs[i]!), options));
    if (problem === null) continue;
    warnOfRandomness(traced);
    const what = 'does not match the corresponding output of the JavaScript function. Detailed error:';
    warnOf(`Output nr ${i + 1}. of the traced function ${what}\n${problem}`);
    return;
  }
}

/** Operators whose results are other ones each time. */
function warnOfRandomness(traced: ScriptFunction): void {
  const lines = call(native.script_nondeterministic, traced._part);
  if (lines.length === 0) return;
  warnOf(
    `Trace had nondeterministic nodes. Did you forget call .eval() on your model? Nodes:\n${lines
      .slice(0, 20)
      .map((line) => indent(line.trim()))
      .join('\n')}\n` +
      'This may cause errors in trace checking. To disable trace checking, pass check_trace=False to torch.jit.trace()',
  );
}

/**
 * Traces again and compares; then runs both.
 * @throws TracingCheckError where the graphs differ
 */
export function checkTrace({ traced, original, retrace, more, tolerance, keywords }: Check): void {
  const again = retrace(); // in the mode of the first: modules may take other ways without gradients
  no_grad(() => {
    const texts = [traced, again].map((fn) => canonicalText(fn.inlined_graph.block())) as [string, string];
    const graphs = graphDifference(...texts);
    const values = constantDifference(traced, again);
    for (const each of [original, ...more]) {
      const inputs = () => (cloned(each.values) as unknown[]).slice();
      const named = (list: unknown[]) => Object.fromEntries(each.names.map((name, i) => [name, list[i]]));
      let actual: unknown;
      try {
        actual = keywords ? traced(named(inputs())) : traced(...inputs());
      } catch (error) {
        throw failure(
          graphs,
          values,
          `encountered an exception while running the trace with test inputs.\nException:\n${indent((error as Error).message)}`,
        );
      }
      compareResults(traced, actual, each.run(inputs()), tolerance);
    }
    if (graphs !== null || values !== null) throw failure(graphs, values);
  });
}
