import torch, { nn, type Tensor } from 'tsorch';

const { module: global } = nn.modules;

describe('forward hooks', () => {
  it('change arguments and results', () => {
    const layer = new nn.Identity();
    const pre = layer.register_forward_pre_hook((_m, [x]) => (x as Tensor).add(1));
    const post = layer.register_forward_hook((_m, [x], y: Tensor) => y.mul(10).add(x as Tensor));
    expect(layer(torch.ones(1)).item()).toBe(22);
    pre.remove();
    expect(layer(torch.ones(1)).item()).toBe(11);
    post.remove();
    post.remove();
    expect(layer(torch.ones(1)).item()).toBe(1);
  });

  it('run in order, those put first before the others, the global ones before all', () => {
    const layer = new nn.Identity();
    const order: string[] = [];
    layer.register_forward_hook(() => void order.push('a'));
    layer.register_forward_hook(() => void order.push('b'), { prepend: true });
    const handles = [
      global.register_module_forward_hook(() => void order.push('global')),
      global.register_module_forward_pre_hook(() => void order.push('global pre')),
    ];
    layer(torch.ones(1));
    expect(order).toEqual(['global pre', 'global', 'b', 'a']);
    for (const handle of handles) handle.remove();
  });

  it('see and change named arguments', () => {
    class Scale extends nn.Module {
      override forward(x: Tensor, options: { by?: number } = {}): Tensor {
        return x.mul(options.by ?? 1);
      }
    }
    const module = new Scale();
    module.register_forward_pre_hook((_m, args, kwargs) => [args, { by: (kwargs.by as number) + 1 }], {
      with_kwargs: true,
    });
    const seen: unknown[] = [];
    module.register_forward_hook((_m, _args, kwargs) => void seen.push(kwargs), { with_kwargs: true });
    expect(module(torch.ones(1), { by: 2 }).item()).toBe(3);
    expect(seen).toEqual([{ by: 3 }]);
  });

  it('that always run do so when forward throws', () => {
    class Broken extends nn.Module {
      override forward(): Tensor {
        throw new Error('broken');
      }
    }
    const module = new Broken();
    const ran: unknown[] = [];
    module.register_forward_hook((_m, _args, output) => void ran.push(output), { always_call: true });
    module.register_forward_hook(() => void ran.push('never'));
    expect(() => module()).toThrow('broken');
    expect(ran).toEqual([null]);
  });
});

describe('backward hooks', () => {
  const make = (): [nn.Linear, Tensor] => {
    const layer = new nn.Linear(2, 1, { bias: false });
    torch.no_grad(() => layer.weight.copy_(torch.tensor([[2, 3]])));
    return [layer, torch.ones(1, 2, { requires_grad: true })];
  };

  it('see the gradients of inputs and outputs, and replace them', () => {
    const [layer, x] = make();
    const seen: unknown[] = [];
    layer.register_full_backward_hook((module, [gradInput], [gradOutput]) => {
      seen.push(module === layer, gradInput!.tolist(), gradOutput!.tolist());
      return [gradInput!.mul(10)];
    });
    layer.register_full_backward_pre_hook((_m, [gradOutput]) => [gradOutput!.mul(2)]);
    layer(x).sum().backward();
    expect(seen).toEqual([true, [[4, 6]], [[2]]]);
    expect(x.grad!.tolist()).toEqual([[40, 60]]);
    expect(layer.weight.grad!.tolist()).toEqual([[2, 2]]);
  });

  it('fire without an input that has a gradient', () => {
    const [layer] = make();
    const seen: unknown[] = [];
    layer.register_full_backward_hook((_m, gradInput, [gradOutput]) => void seen.push(gradInput, gradOutput!.tolist()));
    layer(torch.ones(1, 2)).sum().backward();
    expect(seen).toEqual([[null], [[1]]]);
  });

  it('handle modules with several inputs and outputs', () => {
    class Both extends nn.Module {
      override forward(a: Tensor, factor: number, b: Tensor): [Tensor, Tensor] {
        return [a.mul(factor), b.mul(a)];
      }
    }
    const module = new Both();
    const seen: unknown[] = [];
    module.register_full_backward_hook((_m, gradInput, gradOutput) => {
      seen.push(
        gradInput.map((g) => g?.tolist() ?? null),
        gradOutput.map((g) => g?.tolist() ?? null),
      ); // prettier-ignore
    });
    const [a, b] = [torch.tensor([2], { requires_grad: true }), torch.tensor([5], { requires_grad: true })];
    const [p, q] = module(a, 3, b);
    p.add(q).sum().backward();
    expect(seen).toEqual([
      [[8], null, [2]],
      [[1], [1]],
    ]); // prettier-ignore
  });

  it('report wrong numbers of gradients, and kinds that do not mix', () => {
    const [layer, x] = make();
    const handle = layer.register_full_backward_hook(() => []);
    expect(() => layer(x).sum().backward()).toThrow(
      'Backward hook returned an invalid number of grad_input, got 0, but expected 1',
    );
    expect(() => layer.register_backward_hook(() => null)).toThrow(
      'Cannot use both regular backward hooks and full backward hooks on a single Module.',
    );
    handle.remove();
  });

  it('exist for all modules', () => {
    const [layer, x] = make();
    const seen: string[] = [];
    const handle = global.register_module_full_backward_hook((module) => void seen.push(module.constructor.name));
    new nn.Sequential(layer, new nn.ReLU())(x).sum().backward();
    handle.remove();
    expect(seen).toEqual(['ReLU', 'Linear', 'Sequential']);
  });
});

it('registration hooks see what every module registers', () => {
  const seen: string[] = [];
  const handles = [
    global.register_module_parameter_registration_hook((_m, name) => void seen.push(`parameter ${name}`)),
    global.register_module_module_registration_hook((_m, name) => void seen.push(`module ${name}`)),
    global.register_module_buffer_registration_hook((_m, name) => void seen.push(`buffer ${name}`)),
  ];
  new nn.Sequential(new nn.BatchNorm1d(1, { affine: false }), new nn.Linear(1, 1, { bias: false }));
  for (const handle of handles) handle.remove();
  new nn.Linear(1, 1);
  expect(seen).toEqual([
    'buffer running_mean',
    'buffer running_var',
    'buffer num_batches_tracked',
    'parameter weight',
    'module 0',
    'module 1',
  ]);
});
