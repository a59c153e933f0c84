/** The transforms that golden/operators.py applies to an operator, and what is compared of their results. */
import torch, { type Tensor } from 'tsorch';
import { forward_ad } from 'tsorch/autograd';
import { grad, hessian, jacfwd, jacrev, jvp, vjp, vmap } from 'tsorch/func';

/** The operator with its tensors in order. */
export type Operation = (...tensors: Tensor[]) => unknown;

const JACOBIAN = 12; // elements of inputs for which whole Jacobians are made

function leaves(value: unknown): Tensor[] {
  if (torch.is_tensor(value)) return [value];
  return Array.isArray(value) ? value.flatMap(leaves) : [];
}

function isContinuous(x: Tensor): boolean {
  return x.is_floating_point() || x.is_complex();
}

function real(x: Tensor): Tensor {
  return x.is_complex() ? torch.view_as_real(x.resolve_conj()) : x;
}

/** A number that every differentiable output takes part in, with uneven weights. */
function objective(outputs: unknown): Tensor {
  let total: Tensor | null = null;
  for (const output of leaves(outputs)) {
    if (!isContinuous(output) || output.numel() === 0) continue;
    const flat = real(output).reshape(-1);
    const part = flat.mul(torch.linspace(0.5, 1.5, flat.numel(), { dtype: flat.dtype })).sum();
    total = total === null ? part : total.add(part);
  }
  return total as Tensor; // null is for `grad` to refuse
}

/** Of each tensor: dtype, shape, how many elements are not finite, and two sums of the others. */
export function digest(value: unknown): unknown[] {
  return leaves(value).map((x) => {
    const flat = real(x.detach()).to(torch.float64).reshape(-1);
    const strange = flat.isfinite().logical_not().sum().item();
    const finite = torch.nan_to_num(flat, 0, 0, 0);
    const weights = torch.linspace(1, 2, flat.numel(), { dtype: torch.float64 });
    return [x.dtype.name, [...x.shape], strange, finite.mul(weights).sum().item(), finite.abs().sum().item()];
  });
}

function batch(x: Tensor, dim = 0): Tensor {
  return torch.stack([x, isContinuous(x) ? x.mul(0.75) : x], dim);
}

function tangent(x: Tensor): Tensor {
  return torch.linspace(-1, 1, x.numel(), { dtype: torch.float64 }).reshape(x.shape).to(x.dtype);
}

/** Name -> what it computes. */
export function transformsOf(tensors: readonly Tensor[], operation: Operation): Record<string, () => unknown> {
  const batches = tensors.map((each) => batch(each));
  const flat: Operation = (...args) => leaves(operation(...args));
  const first = tensors.map((_, i) => (i === 0 ? 0 : null));
  const rest = tensors.map((_, i) => (i === 0 ? null : 0));
  const places = tensors.map((_, i) => i).filter((i) => isContinuous(tensors[i]!));
  return {
    vmap: () => vmap(flat)(...batches),
    'vmap, first': () => vmap(flat, { in_dims: first })(batches[0]!, ...tensors.slice(1)),
    'vmap, rest': () => vmap(flat, { in_dims: rest })(tensors[0]!, ...batches.slice(1)),
    'vmap, last': () => vmap(flat, { in_dims: -1, out_dims: -1 })(...tensors.map((each) => batch(each, -1))),
    'vmap, same': () => vmap(flat, { randomness: 'same' })(...batches),
    'vmap, different': () => vmap(flat, { randomness: 'different' })(...batches),
    ...(places.length > 0 ? derivatives(tensors, places, operation) : {}),
  };
}

function derivatives(tensors: readonly Tensor[], places: readonly number[], operation: Operation) {
  const primals = places.map((i) => tensors[i]!);
  const tangents = primals.map(tangent);
  const several = primals.map((each) => batch(each));
  const directions = tangents.map((each) => batch(each));
  const argnums = primals.map((_, i) => i);
  const whole: Operation = (...args) =>
    operation(...tensors.map((each, i) => (places.includes(i) ? args[places.indexOf(i)]! : each)));
  const smooth = (...args: Tensor[]) => leaves(whole(...args)).filter(isContinuous);
  const loss = (...args: Tensor[]) => objective(whole(...args));
  const gradient = grad(loss, { argnums }) as (...args: Tensor[]) => Tensor[];
  const pulled = () => {
    const [outputs, pull] = vjp(smooth, ...primals);
    const cotangents = outputs.map((each) => torch.stack([tangent(each), torch.ones_like(each)]));
    return vmap((each: Tensor[]) => pull(each))(cotangents);
  };
  const dual = () =>
    forward_ad.dual_level(() => {
      const duals = primals.map((each, i) => forward_ad.make_dual(each, tangents[i]!));
      return smooth(...duals).map((each) => [...forward_ad.unpack_dual(each)]);
    });
  const isSmall = primals.reduce((sum, each) => sum + each.numel(), 0) <= JACOBIAN;
  return {
    'vmap of grad': () => vmap(gradient)(...several),
    'vmap of vjp': pulled,
    'grad of grad': () => grad((...args: Tensor[]) => objective(gradient(...args)), { argnums })(...primals),
    jvp: () => jvp(smooth, primals, tangents),
    'dual numbers': dual,
    'vmap of jvp': () => vmap((...args: Tensor[]) => jvp(smooth, args, tangents))(...several),
    'jvp of vmap': () => jvp(vmap(smooth), several, directions),
    'vmap over tangents': () => vmap((...args: Tensor[]) => jvp(smooth, primals, args))(...directions),
    'jvp of grad': () => jvp(gradient, primals, tangents),
    'vmap of jvp of grad': () => vmap((...args: Tensor[]) => jvp(gradient, primals, args))(...directions),
    ...(isSmall
      ? {
          jacrev: () => jacrev(smooth, argnums)(...primals),
          jacfwd: () => jacfwd(smooth, argnums)(...primals),
          hessian: () => hessian(loss, argnums)(...primals),
        }
      : {}),
  };
}
