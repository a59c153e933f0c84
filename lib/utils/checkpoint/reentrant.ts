/** The older checkpoint: a custom Function whose backward runs a backward pass of its own. */

import { isTensor } from '../../arguments/checks';
import { backward } from '../../autograd/engine';
import { Function } from '../../autograd/function';
import type { FunctionCtx, MaybeTensor } from '../../autograd/function_ctx';
import { enable_grad, no_grad } from '../../autograd/grad_mode';
import { TorchError, warn } from '../../base/errors';
import { native } from '../../native/addon';
import { call } from '../../native/frame';
import type { Tensor } from '../../tensor/tensor';
import { autocastStates, withAutocast } from './autocast';
import { randomStates, withRandomStates } from './rng';

type Run = (...args: never[]) => unknown;

interface Saved {
  run: Run;
  states: ReturnType<typeof randomStates> | undefined;
  casts: ReturnType<typeof autocastStates>;
  /** The arguments that are no tensors, and null for those that are. */
  inputs: unknown[];
  isTensor: boolean[];
}

type Ctx = FunctionCtx & Partial<Saved>;

function detached(args: readonly unknown[]): unknown[] {
  return args.map((arg) => (isTensor(arg) ? arg.detach().requires_grad_(arg.requires_grad) : arg));
}

export class CheckpointFunction extends Function {
  static override forward(ctx: Ctx, run: Run, preserve: boolean, ...args: unknown[]): unknown {
    if (!args.some((arg) => isTensor(arg) && arg.requires_grad)) {
      warn('None of the inputs have requires_grad=True. Gradients will be None');
    }
    ctx.run = run;
    ctx.states = preserve ? randomStates(args) : undefined;
    ctx.casts = autocastStates(args);
    ctx.isTensor = args.map(isTensor);
    ctx.inputs = args.map((arg) => (isTensor(arg) ? null : arg));
    ctx.save_for_backward(...args.filter(isTensor));
    return no_grad(() => run(...(args as never[])));
  }

  static override backward(ctx: Ctx, ...gradients: MaybeTensor[]): unknown {
    if (!call(native.is_checkpoint_valid)) {
      throw new TorchError(
        'When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` parameter to .backward(). To resolve this error, you can either set use_reentrant=False, or call .backward() without passing the `inputs` argument.',
      );
    }
    const { run, states, casts, inputs, isTensor: places } = ctx as Saved;
    const tensors = [...ctx.saved_tensors];
    const args = detached(inputs.map((input, i) => (places[i] ? tensors.shift() : input)));
    const again = () => withAutocast(casts, () => run(...(args as never[])));
    const result = withRandomStates(states, args, () => enable_grad(again));
    const outputs = Array.isArray(result) ? result : [result];
    const followed = outputs.flatMap((each, i) => (isTensor(each) && each.requires_grad ? [i] : []));
    if (followed.length === 0) {
      throw new TorchError('none of output has requires_grad=True, this checkpoint() is not necessary');
    }
    backward(
      followed.map((i) => outputs[i] as Tensor),
      followed.map((i) => gradients[i]!),
    );
    return [null, null, ...args.map((arg) => (isTensor(arg) ? arg.grad : null))];
  }
}
