/** torch.func, torch.autograd, checkpoints and mixed precision with every argument by position or by name. */
import torch, { nn, type Tensor } from 'tsorch';

const { autograd, func } = torch;
const x = torch.tensor([1, 2, 3]);
const cube = (a: Tensor) => a.pow(3).sum();
const pair = (a: Tensor) => [a.pow(3).sum(), a] as const;
const ones = torch.ones(3);
const gradient = [3, 12, 27];

const values: [name: string, run: () => Tensor, expected: unknown][] = [
  ['func.grad', () => func.grad({ func: cube, argnums: 0 })(x), gradient],
  ['func.grad, has_aux', () => func.grad(pair, { has_aux: true })(x)[0], gradient],
  ['func.grad_and_value', () => func.grad_and_value({ func: cube })(x)[0], gradient],
  ['func.jacrev', () => func.jacrev({ func: cube, chunk_size: 1 })(x), gradient],
  ['func.jacfwd', () => func.jacfwd({ func: cube, randomness: 'same' })(x), gradient],
  ['func.hessian', () => func.hessian({ func: cube })(x).diagonal(), [6, 12, 18]],
  ['func.vjp', () => func.vjp(cube, x)[1](torch.tensor(1))[0]!, gradient],
  ['func.vjp, has_aux', () => func.vjp(pair, x, { has_aux: true })[1](torch.tensor(1))[0]!, gradient],
  ['func.jvp', () => func.jvp({ func: cube, primals: [x], tangents: [ones], strict: true })[1], 42],
  ['func.vmap', () => func.vmap({ func: cube, in_dims: 0, chunk_size: 2 })(x), [1, 8, 27]],
  ['func.vmap, mixed', () => func.vmap(cube, 0, { out_dims: 0 })(x), [1, 8, 27]],
  ['func.functionalize', () => func.functionalize({ func: cube, remove: 'mutations_and_views' })(x), 36],
  ['func.debug_unwrap', () => func.debug_unwrap({ tensor: x, recurse: false }), [1, 2, 3]],
  ['functional.jacobian', () => autograd.functional.jacobian({ func: cube, inputs: x, vectorize: true }), gradient],
  ['functional.hessian', () => autograd.functional.hessian(cube, x, { strict: false }).diagonal(), [6, 12, 18]],
  ['functional.vjp', () => autograd.functional.vjp({ func: cube, inputs: x })[1] as Tensor, gradient],
  ['functional.jvp', () => autograd.functional.jvp({ func: cube, inputs: x, v: ones })[0], 36],
  ['functional.vhp', () => autograd.functional.vhp(cube, x, ones, true)[1] as Tensor, [6, 12, 18]],
];

test.each(values)('%s', (_, run, expected) => expect(run().tolist()).toEqual(expected));

it('grad modes around a function, which keeps its arguments and its this', () => {
  const leaf = ones.clone().requires_grad_();
  const double = function double(this: unknown, a: Tensor, times = 2) {
    return [a.mul(times), this] as const;
  };
  const quiet = torch.no_grad({ orig_func: double });
  const object = { quiet };
  expect([quiet(leaf)[0].requires_grad, quiet(leaf, 3)[0].tolist()]).toEqual([false, [3, 3, 3]]);
  expect(object.quiet(leaf)[1]).toBe(object);
  expect(torch.no_grad(() => torch.enable_grad({ orig_func: double })(leaf)[0].requires_grad)).toBe(true);
  expect(torch.inference_mode({ mode: double })(leaf)[0].is_inference()).toBe(true);
  expect(torch.is_grad_enabled()).toBe(true);
  {
    using _ = torch.no_grad({ orig_func: null });
    expect(torch.is_grad_enabled()).toBe(false);
  }
  expect(() => torch.enable_grad({ foo: double } as never)).toThrow(
    "_NoParamDecoratorContextManager.__new__() got an unexpected keyword argument 'foo'",
  );
  expect(() => torch.no_grad({ orig_func: 1 } as never)).toThrow(TypeError);
});

it('backward passes, their hooks and their checks', () => {
  const leaf = x.clone().requires_grad_();
  autograd.backward({ tensors: leaf.pow(3), grad_tensors: ones, inputs: leaf });
  expect(leaf.grad!.tolist()).toEqual(gradient);
  leaf.grad = null;
  leaf.pow(3).backward({ gradient: ones, retain_graph: true });
  expect(leaf.grad!.tolist()).toEqual(gradient);
  const named = autograd.grad(cube(leaf), { leaf }, { create_graph: true });
  expect(named.leaf.tolist()).toEqual(gradient);
  const [none] = autograd.grad({ outputs: cube(leaf), inputs: [ones.clone().requires_grad_()], allow_unused: true });
  expect(none).toBeNull();

  const seen: unknown[] = [];
  leaf.register_hook({ hook: (grad) => void seen.push(grad.tolist()) }).remove();
  leaf.register_post_accumulate_grad_hook({ hook: (each) => void seen.push(each.shape) });
  autograd.graph.register_multi_grad_hook({ tensors: [leaf], fn: (grads) => void seen.push(grads.length) });
  cube(leaf).backward();
  expect(seen).toEqual([1, [3]]);

  const double = x.double().requires_grad_();
  expect(autograd.gradcheck({ func: cube, inputs: [double], check_forward_ad: true })).toBe(true);
  expect(autograd.gradgradcheck(cube, [double], null, { check_fwd_over_rev: true })).toBe(true);
  autograd.forward_ad.dual_level(() => {
    const dual = autograd.forward_ad.make_dual({ tensor: x, tangent: ones });
    expect(autograd.forward_ad.unpack_dual({ tensor: dual }).tangent!.tolist()).toEqual([1, 1, 1]);
  });
  expect(autograd.inference_mode({ mode: false }, () => torch.ones(1).is_inference())).toBe(false);
});

it('checkpoints', () => {
  const leaf = x.clone().requires_grad_();
  const { checkpoint, checkpoint_sequential } = torch.utils.checkpoint;
  checkpoint(cube, leaf, { use_reentrant: false, determinism_check: 'none' }).backward();
  const step = (a: Tensor) => a.mul(2);
  const out = checkpoint_sequential({ functions: [step, step], segments: 2, input: leaf, use_reentrant: false });
  out.sum().backward();
  expect(leaf.grad!.tolist()).toEqual([7, 16, 31]);
  expect(() => checkpoint(cube, leaf, { use_reentrant: true, more: 1 })).toThrow('Unexpected keyword arguments: more');
});

it('gradient scaling', () => {
  const scaler = new torch.amp.GradScaler({ device: 'cpu', init_scale: 8 });
  const layer = new nn.Linear(1, 1);
  const optimizer = new torch.optim.SGD(layer.parameters(), { lr: 0 });
  scaler.scale({ outputs: layer(torch.ones(1, 1)) }).backward();
  scaler.unscale_({ optimizer });
  expect(layer.weight.grad!.tolist()).toEqual([[1]]);
  scaler.step({ optimizer });
  scaler.update({ new_scale: 4 });
  scaler.set_growth_factor({ new_factor: 3 });
  expect([scaler.get_scale(), scaler.get_growth_factor()]).toEqual([4, 3]);
});

describe('what does not fit', () => {
  test.each<[run: () => unknown, message: string]>([
    [() => func.grad({} as never), "grad() missing 1 required positional argument: 'func'"],
    [
      () => func.jvp(cube, [x] as never, undefined as never),
      "jvp() missing 1 required positional argument: 'tangents'",
    ],
    [() => autograd.grad(x as never, undefined as never), "grad() missing 1 required positional argument: 'inputs'"],
    [() => x.backward({ graph: true } as never), "backward() got an unexpected keyword argument 'graph'"],
    [() => x.register_hook({} as never), "Tensor.register_hook() missing 1 required positional argument: 'hook'"],
    [() => autograd.gradcheck(cube, [x], { epsilon: 1 } as never), "got an unexpected keyword argument 'epsilon'"],
  ])('%#: %s', (run, message) => expect(run).toThrow(message));
});
