/** A program as a module: its parameters and buffers under their names, and a forward that runs its graph. */
import { run_async } from '../async/run';
import { NotImplementedError } from '../base/errors';
import { Module } from '../nn/modules/module';
import { Parameter } from '../nn/parameter';
import type { Tensor } from '../tensor/tensor';
import { leavesOf } from './call';
import { Guards } from './guards';
import { BadProgram } from './json';
import { Plan } from './plan';
import type { ExportedProgram } from './program';
import type { OutputSpec } from './signature';

/** A part of a program's names: `encoder` of `encoder.weight`. */
class Part extends Module {
  override _get_name(): string {
    return 'Module';
  }
}

/** A branch or a body: what `cond`, `while_loop`, … take. */
class Branch extends Module {
  readonly #plan: Plan;

  constructor(plan: Plan) {
    super();
    this.#plan = plan;
  }

  override forward(...inputs: unknown[]): unknown {
    return this.#plan.run(inputs);
  }

  override _get_name(): string {
    return 'GraphModule';
  }
}

/** Checks the inputs of a program. */
class GuardsFn extends Module {
  readonly #guards: Guards;

  constructor(guards: Guards) {
    super();
    this.#guards = guards;
  }

  override forward(...inputs: unknown[]): void {
    this.#guards.check(inputs);
  }
}

/** The module that holds `encoder.weight`, which is made on the way, and the last part of the name. */
function placeOf(module: Module, target: string): [owner: Module, name: string] {
  const parts = target.split('.');
  const name = parts.pop()!;
  let owner = module;
  for (const part of parts) {
    const children = owner._modules;
    if (!Object.hasOwn(children, part)) owner.add_module(part, new Part());
    owner = owner._modules[part]!;
  }
  return [owner, name];
}

/** What an output does that is no result: a buffer takes its new value. */
type Effect = (value: Tensor, inputs: readonly unknown[]) => void;

/**
 * The module of an exported program: call it as the module that was exported. Names and values are those of
 * `ExportedProgram.state_dict`.
 * https://docs.pytorch.org/docs/2.13/user_guide/torch_compiler/export.html
 */
export class GraphModule extends Module {
  readonly #program: ExportedProgram;
  readonly #plan: Plan;
  /** Where the graph's inputs that no user gives come from. */
  readonly #held: (() => unknown)[];
  readonly #effects: (Effect | null)[];
  readonly #guards: Guards | null;

  /** Made by `ExportedProgram.module()`. @internal */
  constructor(program: ExportedProgram, check_guards: boolean) {
    super();
    this.#program = program;
    this.#plan = new Plan(program.graph);
    this.#held = program.graph_signature.input_specs.flatMap(({ target, persistent }) =>
      target === null ? [] : [this.#hold(target, persistent)],
    );
    this.#effects = program.graph_signature.output_specs.map((spec) => this.#effect(spec));
    for (const [name, plan] of this.#plan.branches) this.add_module(name, new Branch(plan));
    this.#guards = check_guards ? new Guards(program.user_inputs, program.range_constraints) : null;
    if (this.#guards !== null) this.add_module('_guards_fn', new GuardsFn(this.#guards));
  }

  /** Registers a tensor of the program; gives what reads it, whatever has taken its place. */
  #hold(target: string, persistent: boolean | null): () => unknown {
    const tensor = this.#program.tensors.get(target);
    if (tensor === undefined) throw new BadProgram(`the file has no tensor '${target}'`);
    const [owner, name] = placeOf(this, target);
    if (tensor instanceof Parameter) owner.register_parameter(name, tensor);
    else if (persistent !== null) owner.register_buffer(name, tensor, persistent);
    else Reflect.set(owner, name, tensor);
    return () => Reflect.get(owner, name);
  }

  #effect({ kind, target }: OutputSpec): Effect | null {
    if (kind === 'user_output' || kind === 'loss_output') return null;
    if (kind === 'token') return () => {};
    if (kind === 'user_input_mutation') {
      const place = this.#program.user_inputs.findIndex(({ name }) => name === target);
      return (value, inputs) => (inputs[place] as Tensor).copy_(value);
    }
    const [owner, name] = placeOf(this, target!);
    return (value) => (Reflect.get(owner, name) as Tensor).copy_(value);
  }

  // biome-ignore lint/suspicious/noExplicitAny: what a program gives, its file says
  override forward(...args: unknown[]): any {
    const inputs = leavesOf(this.#program.in_spec, args);
    this.#guards?.check(inputs);
    const results = this.#plan.run([...this.#values(inputs)]);
    const given = results.filter((result, i) => {
      const effect = this.#effects[i]!;
      effect?.(result as Tensor, inputs);
      return effect === null;
    });
    return this.#program.out_spec.unflatten(given);
  }

  /**
   * Calls it on a native thread while the event loop turns: see `torch.run_async`. A program whose sizes depend on values that
   * it computes cannot be: JavaScript runs its graph, and would look at them.
   */
  // biome-ignore lint/suspicious/noExplicitAny: what a program gives, its file says
  run_async(...args: any[]): Promise<any> {
    return run_async(() => (this as (...args: unknown[]) => unknown)(...args));
  }

  /** The values of the graph's inputs, in order. */
  *#values(inputs: readonly unknown[]): Generator<unknown> {
    let [held, given] = [0, 0];
    for (const { target, kind } of this.#program.graph_signature.input_specs) {
      if (target !== null) yield this.#held[held++]!();
      else if (kind === 'token') yield null;
      else yield inputs[given++];
    }
  }

  override _get_name(): string {
    return 'GraphModule';
  }

  /** Whether a program trains was decided when it was exported. @throws NotImplementedError always */
  override train(_mode?: boolean): this {
    throw new NotImplementedError('Calling train() is not supported yet.');
  }

  /** Whether a program trains was decided when it was exported. @throws NotImplementedError always */
  override eval(): this {
    throw new NotImplementedError('Calling eval() is not supported yet.');
  }
}
