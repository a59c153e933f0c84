/** What transforms give back: trees as the function's, the very tensors where nothing moves, modes as they were. */
import torch, { type Tensor } from 'tsorch';
import { graph } from 'tsorch/autograd';
import { grad, jacrev, jvp, vmap } from 'tsorch/func';

const x = torch.arange(6, { dtype: torch.float32 }).view(2, 3);

it('gives objects, lists and named tuples as the function returns them', () => {
  const tree = vmap((row: Tensor) => ({ sin: row.sin(), parts: [row, { twice: row.mul(2) }] as const }))(x);
  const sin: Tensor = tree.sin;
  const twice: Tensor = tree.parts[1].twice;
  expect(Object.keys(tree)).toEqual(['sin', 'parts']);
  expect(sin.equal(x.sin())).toBe(true);
  expect(twice.equal(x.mul(2))).toBe(true);

  const largest = vmap((row: Tensor) => row.max(0))(x);
  expect(largest.values.tolist()).toEqual([2, 5]);
  expect(largest.indices.tolist()).toEqual([2, 2]);
  expect(String(largest)).toBe(String(x.max(1)));
});

it('gives the tensor itself where the batch dimension stays', () => {
  expect(vmap((row: Tensor) => row)(x)).toBe(x);
  expect(vmap((column: Tensor) => column, { in_dims: 1, out_dims: -1 })(x)).toBe(x);
  expect(vmap((column: Tensor) => column, { in_dims: 1 })(x)._base).toBe(x._base);
  const y = x.clone();
  expect(vmap((row: Tensor) => row.add_(1))(y)).toBe(y);
  expect(y.equal(x.add(1))).toBe(true);
});

it('gives the modes back that it found, after errors too', () => {
  const fails = (_: Tensor): Tensor => {
    throw new Error('no');
  };
  torch.no_grad(() => {
    expect(() => grad(fails)(x)).toThrow('no');
    expect(() => jvp(fails, [x], [x])).toThrow('no');
    expect(grad((y: Tensor) => y.sin().sum())(x).equal(x.cos())).toBe(true);
    expect(torch.is_grad_enabled()).toBe(false);
  });
  expect(torch.is_grad_enabled()).toBe(true);
  const keep = (y: Tensor) => y;
  const inside = (y: Tensor) => graph.saved_tensors_hooks(keep, keep, () => y.sum());
  expect(() => grad(inside)(x)).toThrow("don't yet support saved tensor hooks");
  expect(() => graph.saved_tensors_hooks(keep, keep, () => grad((y: Tensor) => y.sum())(x))).toThrow(
    "don't yet support saved tensor hooks",
  );
  expect(graph.saved_tensors_hooks(keep, keep, () => x.sum()).item()).toBe(15);
});

it('differentiates empty outputs, and batches single ones', () => {
  const empty = torch.ones(0, 2);
  expect(jacrev((y: Tensor) => y.exp())(empty).shape).toEqual([0, 2, 0, 2]);
  expect(jacrev((y: Tensor) => y.exp(), 0, { chunk_size: 1 })(torch.ones(1)).shape).toEqual([1, 1]);
});

it('takes no history along where a tensor is only looked at', () => {
  const y = torch.ones(2, { requires_grad: true });
  expect(torch.randint_like(y, 3).requires_grad).toBe(false);
  expect(torch.linspace(y.sum(), 4, 3).requires_grad).toBe(false);
  expect(grad((z: Tensor) => torch.linspace(z, 4, 3).sum().add(z))(torch.tensor(2)).item()).toBe(1);
  expect(vmap((z: Tensor) => z.conj())(x)).toBe(x);
});
