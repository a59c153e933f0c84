import type { Values } from '../arguments/signature';
import { no_grad } from '../autograd/grad_mode';
import { TorchError } from '../base/errors';
import { memoryFormats } from '../base/types';
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { Tensor } from '../tensor/tensor';
import { check, checkLearningRate, type NumberLike, numberOf } from './checks';
import * as signatures from './generated/optim';
import { type LinePoint, strongWolfe } from './line_search';
import { less, lessOrEqual, smaller, times } from './number';
import { type Closure, closureOf, floatOptions, type GivenClosure, Optimizer, runClosure } from './optimizer';

/** Kept with the first parameter. */
export interface LBFGSState {
  func_evals: number;
  n_iter: number;
  al?: (Tensor | null)[];
  d: Tensor;
  t: NumberLike;
  old_dirs: Tensor[];
  old_stps: Tensor[];
  ro: Tensor[];
  H_diag: NumberLike;
  prev_flat_grad: Tensor | null;
  prev_loss: number;
}

type Options = Values<signatures.LBFGSOptions>;

const floats = floatOptions.filter((name) => name !== 'lr');

const largest = (x: Tensor): Tensor => x.abs().max();

/**
 * L-BFGS, which computes the loss several times a step: the closure clears the gradients, computes the loss and its
 * gradients, and returns it. All parameters are one group.
 * https://docs.pytorch.org/docs/2.13/generated/torch.optim.LBFGS.html
 * @throws RangeError for an option out of its range, or several groups
 */
export class LBFGS extends Optimizer<Options, Partial<LBFGSState>> {
  constructor(...args: signatures.LBFGSArgs) {
    const { params: given, ...options } = signatures.LBFGS.read(args);
    checkLearningRate(options.lr);
    options.max_eval ??= Math.floor((options.max_iter * 5) / 4);
    super(given, options);
    check(this.param_groups.length === 1, "LBFGS doesn't support per-parameter options (parameter groups)");
  }

  protected override get floats(): readonly string[] {
    return floats;
  }

  private get params(): Tensor[] {
    return this.param_groups[0]!.params;
  }

  private flatGrad(): Tensor {
    return call(native.optim_flat_grad, this.params);
  }

  private move(direction: Tensor, step: NumberLike): void {
    call(native.optim_add_flat, this.params, direction, step);
  }

  override step(closure?: null): never;
  override step<Loss>(closure: GivenClosure<Loss>): Loss;
  override step(given?: GivenClosure<unknown> | null): unknown {
    const closure = closureOf(given);
    if (typeof closure !== 'function') {
      throw new TypeError("LBFGS.step() missing 1 required positional argument: 'closure'");
    }
    return no_grad(() => this.minimize(closure));
  }

  private minimize(closure: Closure<unknown>): unknown {
    const group = this.param_groups[0]!;
    const { max_iter, tolerance_grad, tolerance_change, line_search_fn } = group;
    const max_eval = group.max_eval!;
    const lr = group.lr;
    const state = this.stateOfFirst();
    const isFlat = (gradient: Tensor) => lessOrEqual(largest(gradient), tolerance_grad);
    const evaluate = () => numberOf(runClosure(closure) as NumberLike);

    const firstLoss = runClosure(closure);
    let loss = numberOf(firstLoss as NumberLike);
    let evaluations = 1;
    state.func_evals++;
    let grad = this.flatGrad();
    if (isFlat(grad)) return firstLoss;

    for (let iteration = 1; iteration <= max_iter; iteration++) {
      state.n_iter++;
      const direction = this.nextDirection(state, grad);
      state.prev_flat_grad = grad.clone();
      const lossBefore = loss;
      state.prev_loss = loss;
      let t = state.n_iter === 1 ? times(smaller(1, grad.abs().sum().reciprocal()), lr) : lr;
      state.t = t;
      const slope = grad.dot(direction);
      if (less(-tolerance_change, slope)) break;

      let used = 0;
      let converged = false;
      if (line_search_fn !== null) {
        const most = max_eval - evaluations;
        const found = this.search(closure, direction, { t: 0, value: loss, grad, slope }, t, most);
        ({ value: loss, grad, t } = found.point);
        state.t = t;
        used = found.evaluations;
        this.move(direction, t);
        converged = isFlat(grad);
      } else {
        this.move(direction, t);
        if (iteration !== max_iter) {
          // The last iteration does not look at the new loss.
          loss = evaluate();
          grad = this.flatGrad();
          converged = isFlat(grad);
          used = 1;
        }
      }
      evaluations += used;
      state.func_evals += used;
      if (iteration === max_iter || evaluations >= max_eval || converged) break;
      if (lessOrEqual(largest(direction.mul(t)), tolerance_change)) break;
      if (Math.abs(loss - lossBefore) < tolerance_change) break;
    }
    return firstLoss;
  }

  private stateOfFirst(): LBFGSState {
    const first = this.params[0]!;
    const state = this.state.get(first) ?? {};
    state.func_evals ??= 0;
    state.n_iter ??= 0;
    this.state.set(first, state);
    return state as LBFGSState;
  }

  /** The direction of the next step, from the gradient and the past steps. */
  private nextDirection(state: LBFGSState, grad: Tensor): Tensor {
    if (state.n_iter === 1) {
      Object.assign(state, { old_dirs: [], old_stps: [], ro: [], H_diag: 1 });
      state.d = grad.neg();
      return state.d;
    }
    const { history_size } = this.param_groups[0]!;
    this.remember(state, grad, history_size);
    const { old_dirs, old_stps, ro, H_diag } = state;
    const [direction, weights] = call(native.optim_lbfgs_direction, grad, old_dirs, old_stps, ro, numberOf(H_diag));
    state.al ??= new Array<Tensor | null>(history_size).fill(null);
    state.al.splice(0, weights.length, ...weights);
    state.d = direction;
    return direction;
  }

  /** Adds the last step to the history, unless the function does not curve upwards along it. */
  private remember(state: LBFGSState, grad: Tensor, history_size: number): void {
    const change = grad.sub(state.prev_flat_grad!);
    const step = state.d.mul(state.t);
    const product = change.dot(step);
    if (!less(1e-10, product)) return;
    const { old_dirs, old_stps, ro } = state;
    for (const list of [old_dirs, old_stps, ro]) if (list.length === history_size) list.shift();
    old_dirs.push(change);
    old_stps.push(step);
    ro.push(product.reciprocal());
    state.H_diag = product.div(change.dot(change));
  }

  private search(
    closure: Closure<unknown>,
    direction: Tensor,
    start: LinePoint,
    guess: NumberLike,
    most: number,
  ): { point: LinePoint; evaluations: number } {
    if (this.param_groups[0]!.line_search_fn !== 'strong_wolfe') {
      throw new TorchError("only 'strong_wolfe' is supported");
    }
    const origin = this.params.map((param) => param.clone({ memory_format: memoryFormats.contiguous_format }));
    const evaluate = (t: NumberLike): LinePoint => {
      this.move(direction, t);
      const value = numberOf(runClosure(closure) as NumberLike);
      const grad = this.flatGrad();
      this.params.forEach((param, i) => {
        param.copy_(origin[i]!);
      });
      return { t, value, grad, slope: grad.dot(direction) };
    };
    const tolerance = this.param_groups[0]!.tolerance_change;
    return strongWolfe({ evaluate, start, size: largest(direction), tolerance, most }, guess);
  }
}
