/** Methods of modules and optimizers with every argument by position or by name. */
import torch, { nn, optim } from 'tsorch';

function net(): nn.Sequential {
  return new nn.Sequential(new nn.Linear(2, 2), new nn.Dropout(0.5));
}

it('registration and lookup', () => {
  const module = net();
  module.register_buffer({ name: 'kept', tensor: torch.ones(1) });
  module.register_buffer('lost', { tensor: torch.ones(1), persistent: false });
  module.register_parameter({ name: 'scale', param: new nn.Parameter(torch.ones(1)) });
  module.add_module({ name: 'last', module: new nn.ReLU() });
  module.set_submodule({ target: 'last', module: new nn.Tanh(), strict: true });
  expect(module.get_submodule({ target: 'last' })).toBeInstanceOf(nn.Tanh);
  expect(module.get_buffer({ target: 'kept' }).shape).toEqual([1]);
  expect(module.get_parameter({ target: '0.weight' }).shape).toEqual([2, 2]);
  expect(module.parameters({ recurse: false }).length).toBe(1);
  expect(module.named_parameters({ prefix: 'net' })[0]![0]).toBe('net.scale');
  expect(module.named_buffers('', { recurse: false }).map(([name]) => name)).toEqual(['kept', 'lost']);
  expect(module.modules({ remove_duplicate: false }).length).toBe(4);
  expect(module.named_modules({ prefix: 'a' }).map(([name]) => name)).toEqual(['a', 'a.0', 'a.1', 'a.last']);
  expect(Object.keys(module.state_dict({ prefix: 'p.' }))).toContain('p.kept');
});

it('modes, conversion and states', () => {
  const module = net();
  const seen: string[] = [];
  expect(module.apply({ fn: (each) => void seen.push(each._get_name()) })).toBe(module);
  expect(seen).toEqual(['Linear', 'Dropout', 'Sequential']);
  expect(module.train({ mode: false }).training).toBe(false);
  expect(
    module
      .requires_grad_({ requires_grad: false })
      .parameters()
      .some((each) => each.requires_grad),
  ).toBe(false);
  expect(module.type({ dst_type: torch.float64 }).parameters()[0]!.dtype).toBe(torch.float64);
  expect(module.to({ dtype: torch.float32 }).to(torch.float64, { non_blocking: true })).toBe(module);
  expect(module.to_empty({ device: 'meta', recurse: true }).parameters()[0]!.is_meta).toBe(true);
  const other = net();
  expect(other.load_state_dict({ state_dict: net().state_dict(), strict: true }).missing_keys).toEqual([]);
  expect(() => other.load_state_dict({})).toThrow('Missing key(s) in state_dict');
  expect(other.load_state_dict({}, { strict: false }).missing_keys).toEqual(['0.weight', '0.bias']);
});

it('hooks', () => {
  const module = net();
  const seen: string[] = [];
  const handles = [
    module.register_forward_pre_hook({ hook: () => void seen.push('before'), prepend: true }),
    module.register_forward_hook({ hook: (_, __, kwargs) => void seen.push(typeof kwargs), with_kwargs: true }),
    module.register_full_backward_hook({ hook: () => void seen.push('backward'), prepend: false }),
    module.register_full_backward_pre_hook({ hook: () => void seen.push('first') }),
    module.register_state_dict_pre_hook({ hook: () => void seen.push('state') }),
  ];
  module(torch.ones(1, 2, { requires_grad: true }))
    .sum()
    .backward();
  module.state_dict();
  for (const handle of handles) handle.remove();
  expect(seen).toEqual(['before', 'object', 'first', 'backward', 'state']);
});

it('optimizers', () => {
  const [weight, bias] = new nn.Linear(2, 2).parameters();
  const optimizer = new optim.SGD([weight!], { lr: 0.5 });
  optimizer.add_param_group({ param_group: { params: [bias!], lr: 1 } });
  optimizer.add_param_group({ params: [new nn.Parameter(torch.ones(1))] });
  expect(optimizer.param_groups.map(({ lr }) => lr)).toEqual([0.5, 1, 0.5]);
  const seen: string[] = [];
  optimizer.register_step_post_hook({ hook: () => void seen.push('stepped') });
  optimizer.register_state_dict_pre_hook({ hook: () => void seen.push('saved'), prepend: true });
  optimizer.step();
  optimizer.load_state_dict({ state_dict: optimizer.state_dict() });
  optimizer.zero_grad({ set_to_none: false });
  expect(seen).toEqual(['stepped', 'saved']);
});

describe('what does not fit', () => {
  test.each<[run: () => unknown, message: string]>([
    [() => net().apply({} as never), "Module.apply() missing 1 required positional argument: 'fn'"],
    [() => net().register_buffer('b' as never), "missing 1 required positional argument: 'tensor'"],
    [() => net().register_forward_hook({ before: true } as never), "got an unexpected keyword argument 'before'"],
    [() => net().to_empty({} as never), "Module.to_empty() missing 1 required keyword-only argument: 'device'"],
    [
      () => new optim.SGD(net().parameters()).add_param_group(undefined as never),
      "Optimizer.add_param_group() missing 1 required positional argument: 'param_group'",
    ],
  ])('%#: %s', (run, message) => expect(run).toThrow(message));
});
