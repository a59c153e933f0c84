/** Compiled, not run: what the transforms of torch.func return, however their arguments are given. */
import torch, { type Tensor } from 'tsorch';
import { same } from '../same_type';

const { grad, grad_and_value, hessian, jacfwd, jacrev, jvp, vjp, vmap } = torch.func;
const f = (a: Tensor) => a.sum();
const h = (a: Tensor) => [a.sum(), a.mul(2)] as const;

export function gradients(x: Tensor): void {
  same<Tensor>()(grad(f)(x), true);
  same<Tensor>()(grad({ func: f })(x), true);
  same<Tensor>()(grad(f, { has_aux: false })(x), true);
  same<Tensor[]>()(grad(f, [0, 1])(x), true);
  same<Tensor[]>()(grad(f, { argnums: [0, 1] })(x), true);
  same<[Tensor, Tensor]>()(grad(h, 0, true)(x), true);
  same<[Tensor, Tensor]>()(grad(h, { has_aux: true })(x), true);
  same<[Tensor, number]>()(grad((a: Tensor) => [a.sum(), 3], { has_aux: true })(x), true);
  same<[Tensor[], Tensor]>()(grad(h, [0], { has_aux: true })(x), true);
  same<[Tensor[], Tensor]>()(grad({ func: h, argnums: [0], has_aux: true })(x), true);
  same<[Tensor, Tensor]>()(grad_and_value(f)(x), true);
  same<[Tensor, [Tensor, Tensor]]>()(grad_and_value(h, { has_aux: true })(x), true);
  // @ts-expect-error a number has no gradient
  grad(() => 3);
  // @ts-expect-error other values without has_aux
  grad(h);
  // @ts-expect-error no other values
  grad(f, { has_aux: true });
}

export function jacobians(x: Tensor): void {
  same<Tensor>()(jacrev(f)(x), true);
  same<Tensor>()(jacrev(jacfwd(f))(x), true);
  same<[Tensor, Tensor]>()(jacrev(h, { has_aux: true, chunk_size: 1 })(x), true);
  same<[Tensor, Tensor]>()(jacfwd(h, 0, true, { randomness: 'same' })(x), true);
  same<Tensor[]>()(jacfwd({ func: f, argnums: [0] })(x), true);
  same<Tensor>()(vmap(jacrev((a: Tensor, b: Tensor) => a.mul(b), 1))(x, x), true);
  same<Tensor>()(hessian(f)(x), true);
  same<Tensor[][]>()(hessian(f, [0])(x), true);
  same<Tensor[][]>()(hessian({ func: f, argnums: [0] })(x), true);
}

export function products(x: Tensor): void {
  same<[Tensor, Tensor]>()(jvp(f, [x], [x]), true);
  same<[Tensor, Tensor]>()(jvp(f, [x], { tangents: [x] }), true);
  same<[Tensor, Tensor, Tensor]>()(jvp(h, [x], [x], { has_aux: true }), true);
  same<[Tensor, Tensor, Tensor]>()(jvp({ func: h, primals: [x], tangents: [x], has_aux: true }), true);
  same<{ y: Tensor }>()(jvp((a: Tensor) => ({ y: a }), [x], [x])[1], true);
  same<Tensor>()(vjp(f, x)[0], true);
}
