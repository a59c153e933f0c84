/** Wrong arguments end in an error that names the function and the argument, and change nothing. */
import torch from 'tsorch';
import * as autograd from 'tsorch/autograd';
import * as func from 'tsorch/func';
import { checkpoint, checkpoint_sequential } from 'tsorch/utils/checkpoint';

type Loose = Record<string, (...args: unknown[]) => unknown>;

const calls: [string, () => unknown, string][] = [
  ...['grad', 'grad_and_value', 'vjp', 'jvp', 'jacrev', 'jacfwd', 'linearize', 'vmap'].map(
    (name): [string, () => unknown, string] => [
      name,
      () => (func as unknown as Loose)[name]!(3, ...(name === 'jvp' ? [[torch.ones(1)], [torch.ones(1)]] : [])),
      `${name}(): argument 'func' must be a function, not number`,
    ],
  ),
  ...['jacobian', 'hessian', 'vjp', 'jvp', 'hvp', 'vhp'].map((name): [string, () => unknown, string] => [
    `functional.${name}`,
    () => (autograd.functional as unknown as Loose)[name]!(null, torch.ones(1)),
    `${name}(): argument 'func' must be a function, not null`,
  ]),
  [
    'gradcheck',
    () => (autograd as unknown as Loose).gradcheck!('f', torch.ones(1)),
    "gradcheck(): argument 'func' must be a function, not string",
  ],
  [
    'stack_module_state',
    () => (func as unknown as Loose).stack_module_state!([torch.ones(1)]),
    "stack_module_state(): argument 'models' must be a list of Modules, not of Tensor",
  ],
  [
    'functional_call',
    () => (func as unknown as Loose).functional_call!(3, {}),
    "functional_call(): argument 'module' must be Module, not number",
  ],
  [
    'make_dual',
    () => (autograd.forward_ad as unknown as Loose).make_dual!(3, torch.ones(1)),
    "make_dual(): argument 'tensor' (position 1) must be Tensor, not number",
  ],
  [
    'get_gradient_edge',
    () => (autograd.graph as unknown as Loose).get_gradient_edge!([]),
    "get_gradient_edge(): argument 'tensor' must be Tensor, not Array",
  ],
  [
    'checkpoint',
    () => (checkpoint as (...args: unknown[]) => unknown)(3),
    "checkpoint(): argument 'function' must be a function, not number",
  ],
  [
    'checkpoint_sequential',
    () => (checkpoint_sequential as (...args: unknown[]) => unknown)(3, 2, torch.ones(1)),
    "checkpoint_sequential(): argument 'functions' must be a Sequential or a list of functions, not number",
  ],
  [
    'register_hook',
    () => (torch.ones(1, { requires_grad: true }) as unknown as Loose).register_hook!('f'),
    "'string' object is not callable",
  ],
  [
    'grad with an unknown option',
    () => (autograd as unknown as Loose).grad!(torch.ones(1), torch.ones(1), { retain: true }),
    "grad() got an unexpected keyword argument 'retain'",
  ],
  [
    'backward with an unknown option',
    () => (torch.ones(1) as unknown as Loose).backward!({ retain: true }),
    "Tensor.backward() got an unexpected keyword argument 'retain'",
  ],
];

it.each(calls)('%s', (_, call, message) => {
  expect(call).toThrow(new TypeError(message));
  expect(torch.is_grad_enabled()).toBe(true);
});

it('refuses a disposed tensor', () => {
  const x = torch.ones(2, { requires_grad: true });
  x.dispose();
  expect(() => x.register_hook(() => null)).toThrow('disposed');
  expect(() => func.grad((a: typeof x) => a.sum())(x)).toThrow('disposed');
  expect(() => func.vmap((a: typeof x) => a)(x)).toThrow('disposed');
  expect(String(func.grad((a: typeof x) => a.sum())(torch.ones(2)))).toBe('tensor([1., 1.])');
});

it('refuses a promise where a mode must end with the callback', () => {
  expect(() => autograd.forward_ad.dual_level(async () => 1)).toThrow(TypeError);
  expect(() => autograd.graph.save_on_cpu(async () => 1)).toThrow(TypeError);
});
