/** The lowered graph of a traced program, for what writes it in another format. */
import { TorchError } from '../base/errors';
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { Module } from '../nn/modules/module';
import type { Tensor } from '../tensor/tensor';
import type { ScriptFunction } from './function';
import { type Graph, type LoweredGraph, lowered, loweredFor } from './graph';
import { hierarchyOf, scopesOf } from './hierarchy';
import { ScriptModule } from './module';
import { type Left, Recording } from './tracing';

/**
 * The graph of a program as plain data: calls inlined, and the tensors of the module as inputs of their own, with their
 * names. Of a module it is the graph of `method`.
 */
export function graphOf(traced: ScriptModule | ScriptFunction, method = 'forward'): LoweredGraph {
  if (!(traced instanceof ScriptModule)) return lowered(traced._part, new Map());
  refusePacked(traced.get_method(method).inlined_graph);
  return lowered(traced.get_method(method)._part, namesOf(traced));
}

function namesOf(program: ScriptModule): Map<Tensor, string> {
  const names = new Map<Tensor, string>();
  for (const [name, tensor] of [...program.named_parameters(), ...program.named_buffers()]) {
    if (!names.has(tensor)) names.set(tensor, name);
  }
  return names;
}

/**
 * The graph of a program with branches, loops or quantized layers: its values have the dtypes and sizes that they have for
 * an example, and -1 for a size that a branch or a loop changes. Numbers, flags and texts among the arguments are constants.
 */
export function exampleGraphOf(
  program: ScriptModule | ScriptFunction,
  args: readonly unknown[],
  named: Readonly<Record<string, unknown>> = {},
): LoweredGraph {
  if (!(program instanceof ScriptModule)) return loweredFor(program._part, new Map(), args, named);
  return loweredFor(program.get_method('forward')._part, namesOf(program), args, named);
}

/** Whether only an example shows what the values of a program's graph are. */
export function needsExample(program: ScriptModule | ScriptFunction): boolean {
  const { inlined_graph } = program instanceof ScriptModule ? program.get_method('forward') : program;
  return inlined_graph.nodes().some(({ kind, blocks }) => blocks.length > 0 || kind.startsWith('quantized::'));
}

/** @throws TorchError for operators whose weights are objects of libtorch, of which no other format knows */
function refusePacked(graph: Graph): void {
  const packed = new Set(graph.nodes().flatMap(({ kind }) => (kind.startsWith('quantized::') ? [kind] : [])));
  if (packed.size === 0) return;
  throw new TorchError(`only TorchScript holds the packed weights that ${[...packed].join(', ')} work on`);
}

/** A trace that hands on what leaves the graph. */
class Telling extends Recording {
  constructor(
    module: Module,
    private readonly listener: (what: Left, place: string) => void,
  ) {
    super(scopesOf(module));
  }

  protected override tell(what: Left, place: string): void {
    this.listener(what, place);
  }
}

/**
 * The graph of what `run` does with a module: it takes the tensors, and gives those that are results. `left` is told of
 * each value of a tensor that becomes one of JavaScript.
 */
export function graphOfCall(
  module: Module,
  tensors: readonly Tensor[],
  run: (tensors: readonly Tensor[]) => readonly Tensor[],
  left: (what: Left, place: string) => void,
): LoweredGraph {
  if (module instanceof ScriptModule) {
    run(tensors); // whoever asks wants its results too
    return graphOf(module);
  }
  const part = hierarchyOf(module);
  const recording = new Telling(module, left);
  const body = (...given: unknown[]) => recording.during(() => run(given as Tensor[]));
  call(native.script_trace, part, 'forward', tensors, true, false, [], body);
  return graphOf(new ScriptModule(part, new Map(), true));
}
