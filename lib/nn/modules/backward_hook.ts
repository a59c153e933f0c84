/** Hooks on the backward pass of a whole module: with the gradients of its inputs and of its outputs. */
import { Function as AutogradFunction, type FunctionCtx } from '../../autograd/function';
import { is_grad_enabled } from '../../autograd/grad_mode';
import type { Node } from '../../autograd/node';
import { TorchError, warn } from '../../base/errors';
import { Tensor } from '../../tensor/tensor';
import type { AnyModule, BackwardHook, BackwardPreHook, Gradients } from './contract';

/** A node in the graph that hands gradients through, for hooks to sit on. */
class BackwardHookFunction extends AutogradFunction {
  static override forward(ctx: FunctionCtx, ...tensors: Tensor[]): Tensor[] {
    ctx.mark_non_differentiable(...tensors.filter((x) => !x.requires_grad));
    return tensors;
  }

  static override backward(_ctx: FunctionCtx, ...gradients: Gradients): Gradients {
    return gradients;
  }
}

/** What a hook returned, as a list; null for nothing. */
function gradientsOf(result: unknown): Gradients | null {
  if (result === null || result === undefined) return null;
  return Array.isArray(result) ? result : [result as Tensor];
}

function checkCount(got: Gradients, expected: Gradients, message: string): Gradients {
  if (got.length === expected.length) return got;
  throw new TorchError(`${message}, got ${got.length}, but expected ${expected.length}`);
}

/** Values among which some are tensors: the places of the tensors, and the rest as null. */
class Places {
  constructor(
    private readonly count: number,
    readonly indices: readonly number[],
  ) {}

  /** Gradients of the tensors, among nulls for the other values. */
  spread(gradients: Gradients): Gradients {
    const all = new Array<Tensor | null>(this.count).fill(null);
    this.indices.forEach((place, i) => {
      all[place] = gradients[i] ?? null;
    });
    return all;
  }

  pick(gradients: Gradients): Gradients {
    return this.indices.map((place) => gradients[place] ?? null);
  }
}

/** One call of a module that has backward hooks. */
export class BackwardCall {
  private inputs: Places | null = null;
  private inputCount = 0;
  private outputs: Places | null = null;
  private gradOutputs: Gradients | null = null;

  constructor(
    private readonly module: AnyModule,
    private readonly hooks: readonly BackwardHook<AnyModule>[],
    private readonly preHooks: readonly BackwardPreHook<AnyModule>[],
  ) {}

  /** The arguments, with a node behind them. */
  watchInputs(args: unknown[]): unknown[] {
    this.inputCount = args.length;
    const [watched, places] = this.throughNode(args, (node) =>
      node.register_hook((gradients) => this.inputsReady(gradients)),
    );
    this.inputs = places;
    return watched;
  }

  /** The result, with a node behind it. */
  watchOutput(result: unknown): unknown {
    const isList = Array.isArray(result);
    if (!isList && !(result instanceof Tensor)) {
      warn(
        `For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but received ${typeof result}`,
      );
    }
    const [watched, places] = this.throughNode(isList ? result : [result], (node) =>
      node.register_hook((_, gradients) => this.outputsReady(gradients)),
    );
    this.outputs = places;
    return isList ? watched : watched[0];
  }

  private throughNode(values: unknown[], watch: (node: Node) => void): [unknown[], Places | null] {
    const indices = [...values.keys()].filter((i) => values[i] instanceof Tensor);
    const tensors = indices.map((i) => values[i] as Tensor);
    if (!is_grad_enabled() || !tensors.some((x) => x.requires_grad)) return [values, null];
    const through = BackwardHookFunction.apply(...tensors);
    watch(through.find((x) => x.grad_fn !== null)!.grad_fn!);
    const result = [...values];
    indices.forEach((place, i) => {
      result[place] = through[i];
    });
    return [result, new Places(values.length, indices)];
  }

  /** The gradients of the outputs have arrived. */
  private outputsReady(gradients: Gradients): Gradients {
    const places = this.outputs!;
    let current = places.spread(gradients);
    for (const hook of this.preHooks) {
      const changed = gradientsOf(hook(this.module, current));
      if (changed === null) continue;
      current = checkCount(changed, current, 'Backward pre hook returned an invalid number of grad_output');
    }
    if (this.inputs === null) this.runWithoutInputs(current);
    else this.gradOutputs = current;
    return places.pick(current);
  }

  /** No input has a gradient: nothing will say that the module's part is over, so it is now. */
  private runWithoutInputs(gradOutputs: Gradients): void {
    warn(
      'Full backward hook is firing when gradients are computed with respect to module outputs since no inputs require gradients. See https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module.register_full_backward_hook for more details.',
    );
    const none = new Array<null>(this.inputCount).fill(null);
    for (const hook of this.hooks) {
      const changed = gradientsOf(hook(this.module, none, gradOutputs));
      if (changed?.some((gradient) => gradient !== null)) {
        throw new TorchError(
          'Backward hook for Modules where no input requires gradient should always return None or None for all gradients.',
        );
      }
    }
  }

  /** The gradients of the inputs have arrived. */
  private inputsReady(gradients: Gradients): Gradients | null {
    const { gradOutputs, inputs } = this;
    if (gradOutputs === null) return null; // the gradient did not come through the output, as in double backward
    let current = inputs!.spread(gradients);
    for (const hook of this.hooks) {
      const changed = gradientsOf(hook(this.module, current, gradOutputs));
      if (changed === null) continue;
      current = checkCount(changed, current, 'Backward hook returned an invalid number of grad_input');
    }
    this.gradOutputs = null;
    return inputs!.pick(current);
  }
}

function firstTensor(value: unknown): Tensor | null {
  if (value instanceof Tensor) return value;
  if (typeof value !== 'object' || value === null) return null;
  for (const inner of Object.values(value)) {
    const found = firstTensor(inner);
    if (found !== null) return found;
  }
  return null;
}

function tensorsOnly(value: unknown): Tensor[] | null {
  const list = Array.isArray(value) ? value : [value];
  return list.every((x) => x instanceof Tensor) ? (list as Tensor[]) : null;
}

/** Deprecated hooks: they sit on the node that made the output, whatever else the module did. */
export function watchLastNode(
  module: AnyModule,
  hooks: readonly BackwardHook<AnyModule>[],
  args: unknown[],
  result: unknown,
): void {
  const node = firstTensor(result)?.grad_fn ?? null;
  if (node === null) return;
  for (const hook of hooks) {
    node.register_hook((inputs, outputs) => gradientsOf(hook(module, inputs, outputs)));
  }
  const why = whyIncomplete(node, tensorsOnly(args), tensorsOnly(result));
  if (why !== null) warn(why, 'FutureWarning');
}

/** What such a hook does not see; null when it sees everything. */
function whyIncomplete(node: Node, inputs: Tensor[] | null, outputs: Tensor[] | null): string | null {
  const removed = 'is deprecated and will be removed in future versions. This hook will be missing some';
  const advice = 'Please use register_full_backward_hook to get the documented behavior.';
  if (outputs === null) {
    return `Using non-full backward hooks on a Module that does not return a single Tensor or a tuple of Tensors ${removed} of the grad_output. ${advice}`;
  }
  if (inputs === null) {
    return `Using non-full backward hooks on a Module that does not take as input a single Tensor or a tuple of Tensors ${removed} of the grad_input. ${advice}`;
  }
  const makers = new Set(outputs.map((x) => x.grad_fn).filter((each) => each !== null));
  if (makers.size > 1) {
    return `Using a non-full backward hook when outputs are generated by different autograd Nodes ${removed} grad_output. ${advice}`;
  }
  const sources = new Set(inputs.map((x) => x.grad_fn).filter((each) => each !== null));
  const next = new Set(node.next_functions.map(([each]) => each));
  if (sources.size === next.size && [...sources].every((each) => next.has(each))) return null;
  return `Using a non-full backward hook when the forward contains multiple autograd Nodes ${removed} grad_input. ${advice}`;
}
