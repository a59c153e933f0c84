/** torch.export.ExportedProgram. https://docs.pytorch.org/docs/2.13/user_guide/torch_compiler/export/api_reference.html */
import { inspect } from 'node:util';
import { TorchError } from '../base/errors';
import { indent } from '../nn/modules/repr';
import { Parameter } from '../nn/parameter';
import type { Tensor } from '../tensor/tensor';
import type { Graph } from './graph';
import { GraphModule } from './graph_module';
import type { Range, UserInput } from './guards';
import { readable } from './readable';
import type { ExportGraphSignature } from './signature';
import type { Tree } from './tree';

/** What a program's file holds. */
export interface ProgramParts {
  /** The text of its graph, as files have it. */
  readonly text: string;
  readonly graph: Graph;
  readonly graph_signature: ExportGraphSignature;
  readonly range_constraints: ReadonlyMap<string, Range>;
  readonly in_spec: Tree;
  readonly out_spec: Tree;
  /** Parameters, buffers and constants. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly opset_version: Readonly<Record<string, number>>;
  /** Of the PyTorch that wrote it. */
  readonly torch_version: string;
  readonly example_inputs: () => [args: unknown[], kwargs: Record<string, unknown>] | null;
}

/** A graph of operators with its weights, as `torch.export.export` makes it and `load` reads it; `module()` runs it. */
export class ExportedProgram {
  readonly graph: Graph;
  /** What the graph's inputs and outputs stand for. */
  readonly graph_signature: ExportGraphSignature;
  /** The ranges of the sizes that may change. */
  readonly range_constraints: ReadonlyMap<string, Range>;
  readonly opset_version: Readonly<Record<string, number>>;
  /** Of the PyTorch that wrote the file. */
  readonly torch_version: string;
  /** @internal what is saved of it, beside its tensors */
  readonly text: string;
  /** @internal */
  readonly in_spec: Tree;
  /** @internal */
  readonly out_spec: Tree;
  /** @internal parameters, buffers and constants */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly #example_inputs: ProgramParts['example_inputs'];

  /** @internal */
  constructor(parts: ProgramParts) {
    this.text = parts.text;
    this.graph = parts.graph;
    this.graph_signature = parts.graph_signature;
    this.range_constraints = parts.range_constraints;
    this.opset_version = parts.opset_version;
    this.torch_version = parts.torch_version;
    this.in_spec = parts.in_spec;
    this.out_spec = parts.out_spec;
    this.tensors = parts.tensors;
    this.#example_inputs = parts.example_inputs;
  }

  /** What the program was exported with: its arguments by position and by name; null when they were not saved. */
  get example_inputs(): [args: unknown[], kwargs: Record<string, unknown>] | null {
    return this.#example_inputs();
  }

  /** @internal the leaves of what a user gives, in order */
  get user_inputs(): UserInput[] {
    return this.graph_signature.input_specs.flatMap((spec): UserInput[] => {
      const { kind, name } = spec;
      if (spec.constant !== undefined) return [{ name, constant: spec.constant }];
      if (kind !== 'user_input') return [];
      const [meta, symbol] = [this.graph.tensors.get(name), this.graph.symbols.get(name)];
      return [{ name, ...(meta && { meta }), ...(symbol !== undefined && { symbol }) }];
    });
  }

  /**
   * A module that runs the program, with its parameters and buffers: they can be trained, moved and saved. Its inputs
   * are checked against what the program was exported for unless `check_guards` is false.
   * @throws BadProgram for an operator that the loaded libtorch does not have
   */
  module(check_guards: boolean | { check_guards?: boolean } = true): GraphModule {
    const checks = typeof check_guards === 'boolean' ? check_guards : (check_guards.check_guards ?? true);
    return new GraphModule(this, checks);
  }

  private *held(kind: 'parameter' | 'buffer'): Generator<[name: string, tensor: Tensor]> {
    for (const spec of this.graph_signature.input_specs) {
      const tensor = spec.kind === kind ? this.tensors.get(spec.target!) : undefined;
      if (tensor !== undefined) yield [spec.target!, tensor];
    }
  }

  /** The parameters with their names. */
  *named_parameters(): Generator<[name: string, parameter: Parameter]> {
    for (const [name, tensor] of this.held('parameter')) if (tensor instanceof Parameter) yield [name, tensor];
  }

  /** The parameters. */
  *parameters(): Generator<Parameter> {
    for (const [, parameter] of this.named_parameters()) yield parameter;
  }

  /** The buffers with their names. */
  *named_buffers(): Generator<[name: string, buffer: Tensor]> {
    yield* this.held('buffer');
  }

  /** The buffers. */
  *buffers(): Generator<Tensor> {
    for (const [, buffer] of this.named_buffers()) yield buffer;
  }

  /** Parameters and persistent buffers by name. */
  get state_dict(): Record<string, Tensor> {
    const transient = new Set(this.graph_signature.non_persistent_buffers);
    const persistent = [...this.held('buffer')].filter(([name]) => !transient.has(name));
    return Object.fromEntries([...this.held('parameter'), ...persistent]);
  }

  /** The tensors that are neither: constants of the module, and buffers that are not saved with it. */
  get constants(): Record<string, Tensor> {
    const names = [...this.graph_signature.lifted_tensor_constants, ...this.graph_signature.non_persistent_buffers];
    return Object.fromEntries(names.map((name) => [name, this.tensors.get(name)!]));
  }

  /** A program is called by its module. @throws TorchError always */
  call(): never {
    throw new TorchError(
      'Unable to call ExportedProgram directly. You should use `exported_program.module()` instead.',
    );
  }

  /** The program as Python prints it, without the lines of Python that it was made from. */
  toString(): string {
    const ranges = [...this.range_constraints].map(
      ([name, { min, max }]) => `${name}: VR[${bound(min, name)}, ${bound(max, name)}]`,
    );
    const names = this.graph_signature.input_specs.map(({ name }) => name);
    return [
      'ExportedProgram:',
      `    ${indent(readable('GraphModule', this.graph, names), 4)}\n`,
      `Graph signature: ${indent(String(this.graph_signature), 4)}`,
      `Range constraints: {${ranges.join(', ')}}\n`,
    ].join('\n');
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** A bound of a size, or of a number that the program computes. */
function bound(value: number, name: string): string {
  if (Number.isFinite(value)) return String(value);
  const infinity = /^zu?f/.test(name) ? 'oo' : 'int_oo';
  return value < 0 ? `-${infinity}` : infinity;
}
