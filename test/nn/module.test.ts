import { inspect } from 'node:util';
import torch, { copy, nn, optim, type Tensor } from 'tsorch';

/** A module with one of everything, declared out of the order of assignment. */
class Net extends nn.Module {
  readonly #scale = 2;
  second: nn.Linear;
  first: nn.Linear;
  field = new nn.Linear(2, 2);
  gain = new nn.Parameter(torch.ones(1));

  constructor() {
    super();
    this.register_buffer('steps', torch.zeros(1));
    this.first = new nn.Linear(2, 2);
    this.second = new nn.Linear(2, 1, { bias: false });
  }

  override forward(x: Tensor): Tensor {
    return this.second(this.first(this.field(x)).relu())
      .mul(this.gain)
      .mul(this.#scale);
  }
}

const names = (pairs: [string, unknown][]): string[] => pairs.map(([name]) => name);

describe('a module', () => {
  it('is a function of its forward, and an instance of its class', () => {
    const net = new Net();
    expect(typeof net).toBe('function');
    expect(net).toBeInstanceOf(Net);
    expect(net).toBeInstanceOf(nn.Module);
    expect(net(torch.ones(3, 2)).shape).toEqual([3, 1]);
  });

  it('registers in the order of assignment, class fields included', () => {
    const net = new Net();
    expect(names(net.named_children())).toEqual(['field', 'first', 'second']);
    expect(names(net.named_parameters())).toEqual([
      'gain',
      'field.weight',
      'field.bias',
      'first.weight',
      'first.bias',
      'second.weight',
    ]);
    expect(Object.keys(net.state_dict())).toEqual([
      'gain',
      'steps',
      'field.weight',
      'field.bias',
      'first.weight',
      'first.bias',
      'second.weight',
    ]);
    expect(net.first.weight).toBe(net.first.weight);
  });

  it('lets properties be named name and length', () => {
    class Named extends nn.Module {
      override name = 'mine';
      override length = 3;
    }
    expect(new Named().name).toBe('mine');
    expect(new Named().length).toBe(3);
    expect(Object.keys(new nn.ReLU())).toEqual(['training', 'inplace']);
  });

  it('forgets what is deleted and takes replacements of the same kind only', () => {
    const net = new Net() as Net & Record<string, unknown>;
    delete (net as { field?: nn.Module }).field;
    expect(names(net.named_children())).toEqual(['first', 'second']);
    expect(() => Object.assign(net, { gain: torch.ones(1) })).toThrow(
      "cannot assign 'torch.FloatTensor' as parameter 'gain' (torch.nn.Parameter or None expected)",
    );
    expect(() => Object.assign(net, { first: torch.ones(1) })).toThrow(
      "cannot assign 'torch.FloatTensor' as child module 'first' (torch.nn.Module or None expected)",
    );
    expect(() => Object.assign(net, { steps: 3 })).toThrow(
      "cannot assign 'number' as buffer 'steps' (torch.nn.Buffer, torch.Tensor or None expected)",
    );
    Object.assign(net, { first: null, steps: torch.ones(4) });
    expect(names(net.named_children())).toEqual(['second']);
    expect(names(net.named_buffers())).toEqual(['steps']);
    Object.assign(net, { first: new nn.Linear(2, 2) });
    expect(names(net.named_children())).toEqual(['first', 'second']); // its place was kept
    Object.assign(net, { first: new nn.Parameter(torch.ones(1)) }); // a parameter may take a module's name
    expect(names(net.named_children())).toEqual(['second']);
    expect(names(net.named_parameters({ recurse: false }))).toEqual(['gain', 'first']);
  });

  it('refuses names that cannot be', () => {
    const module = new nn.Identity();
    expect(() => module.register_parameter('a.b', null)).toThrow('parameter name can\'t contain "."');
    expect(() => module.register_buffer('', null)).toThrow('buffer name can\'t be empty string ""');
    expect(() => module.register_buffer('forward', null)).toThrow("attribute 'forward' already exists");
    expect(() => module.add_module('x', torch.ones(1) as never)).toThrow('torch.FloatTensor is not a Module subclass');
    const computed = torch.ones(1, { requires_grad: true }).mul(2);
    expect(() => module.register_parameter('w', computed as never)).toThrow(
      "cannot assign 'torch.FloatTensor' object to parameter 'w' (torch.nn.Parameter or None required)",
    );
  });

  it('takes the name of a declared field, which has no value yet', () => {
    class Encoding extends nn.Module {
      pe!: Tensor;
      scale!: nn.Parameter;
      constructor() {
        super();
        this.register_buffer('pe', torch.zeros(2));
        this.register_parameter('scale', new nn.Parameter(torch.ones(1)));
        expect(() => this.register_parameter('pe', null)).toThrow("attribute 'pe' already exists");
      }
    }
    expect(Object.keys(new Encoding().state_dict())).toEqual(['scale', 'pe']);
  });

  it('refuses options that it does not know', () => {
    const net = new nn.Linear(1, 1);
    const bogus = { bogus: true } as never;
    for (const call of [
      () => net.train(bogus),
      () => net.zero_grad(bogus),
      () => net.parameters(bogus),
      () => net.requires_grad_(bogus),
      () => net.named_modules(bogus),
      () => net.state_dict(bogus),
      () => net.register_forward_hook(() => null, bogus),
      () => net.register_forward_pre_hook(() => null, bogus),
      () => net.register_full_backward_hook(() => null, bogus),
      () => net.register_buffer('x', null, bogus),
      () => new optim.SGD(net.parameters(), { lr: 1 }).zero_grad(bogus),
    ]) {
      expect(call).toThrow("got an unexpected keyword argument 'bogus'");
    }
  });

  it('lists tied tensors once, or under every name', () => {
    const net = new nn.Sequential(new nn.Linear(2, 2), new nn.Linear(2, 2));
    (net[1] as nn.Linear).weight = (net[0] as nn.Linear).weight;
    expect(names(net.named_parameters())).toEqual(['0.weight', '0.bias', '1.bias']);
    expect(names(net.named_parameters({ prefix: 'net', remove_duplicate: false }))).toEqual([
      'net.0.weight',
      'net.0.bias',
      'net.1.weight',
      'net.1.bias',
    ]);
    expect(net.parameters({ recurse: false })).toEqual([]);
    const twice = new nn.ModuleList([net, net]);
    expect(twice.children()).toHaveLength(1);
    expect(twice.modules()).toHaveLength(4);
    expect(names(twice.named_modules())).toEqual(['', '0', '0.0', '0.1']);
  });

  it('finds what is inside by path', () => {
    const net = new nn.Sequential({ block: new nn.Sequential(new nn.BatchNorm1d(2)) });
    expect(net.get_submodule('')).toBe(net);
    expect(net.get_submodule('block.0')).toBeInstanceOf(nn.BatchNorm1d);
    expect(net.get_parameter('block.0.weight')).toBeInstanceOf(nn.Parameter);
    expect(net.get_buffer('block.0.running_mean').tolist()).toEqual([0, 0]);
    expect(() => net.get_submodule('block.1')).toThrow('Sequential has no attribute `1`');
    expect(() => net.get_submodule('block.0.weight')).toThrow('`weight` is not an nn.Module');
    expect(() => net.get_parameter('block.0.running_mean')).toThrow('`running_mean` is not an nn.Parameter');
    expect(() => net.get_buffer('block.0.weight')).toThrow('`weight` is not a buffer');
    net.set_submodule('block.0', new nn.ReLU());
    expect(String(net)).toBe('Sequential(\n  (block): Sequential(\n    (0): ReLU()\n  )\n)');
  });

  it('says what a missing forward is', () => {
    class Empty extends nn.Module {}
    expect(() => new Empty()()).toThrow('Module [Empty] is missing the required "forward" function');
  });

  it('reports arguments in Python’s words', () => {
    const make = nn.Linear as unknown as new (...args: unknown[]) => nn.Linear;
    expect(() => new make(2)).toThrow("Linear.__init__() missing 1 required positional argument: 'out_features'");
    expect(() => new make(2, 3, { biass: true })).toThrow(
      "Linear.__init__() got an unexpected keyword argument 'biass'",
    );
    expect(() => new make(2, 3, { in_features: 2 })).toThrow(
      "Linear.__init__() got multiple values for argument 'in_features'",
    );
    expect(new nn.Linear({ in_features: 2, out_features: 3 })({ input: torch.ones(1, 2) } as never).shape).toEqual([
      1, 3,
    ]);
  });
});

describe('parameters', () => {
  it('share the memory of their data and print as PyTorch’s', () => {
    const data = torch.tensor([1, 2]);
    const parameter = new nn.Parameter(data);
    data.fill_(3);
    expect(parameter.tolist()).toEqual([3, 3]);
    expect(parameter.requires_grad && parameter.is_leaf).toBe(true);
    expect(String(parameter)).toBe('Parameter containing:\ntensor([3., 3.], requires_grad=True)');
    expect(inspect(parameter)).toBe(String(parameter));
    expect(new nn.Parameter(data, false).requires_grad).toBe(false);
    expect(new nn.Parameter().shape).toEqual([0]);
    expect(() => new nn.Parameter(torch.zeros(1, { dtype: torch.int64 }))).toThrow(
      'Only Tensors of floating point and complex dtype can require gradients',
    );
    expect(parameter.data).not.toBeInstanceOf(nn.Parameter);
  });

  it('outlive the tidy scope they were registered in', () => {
    const net = torch.tidy(() => new Net());
    expect(net(torch.ones(1, 2)).shape).toEqual([1, 1]);
    torch.tidy(() => {
      net(torch.ones(1, 2)).sum().backward();
    });
    expect(net.second.weight.grad!.shape).toEqual([1, 2]);
  });

  it('that are uninitialized say so', () => {
    const layer = new nn.LazyLinear(2);
    expect(String(layer.weight)).toBe('<UninitializedParameter>');
    expect(() => layer.weight.shape).toThrow("Can't access the shape of an uninitialized parameter or buffer.");
    layer(torch.ones(1, 3));
    expect(layer).toBeInstanceOf(nn.Linear);
    expect(layer).not.toBeInstanceOf(nn.LazyLinear);
    expect(layer.weight.shape).toEqual([2, 3]);
    const loaded = new nn.LazyLinear(2);
    loaded.load_state_dict(layer.state_dict());
    expect(loaded.weight.equal(layer.weight)).toBe(true);
  });

  it('that are uninitialized move and change their dtype', () => {
    const layer = new nn.LazyConv1d(2, 3).to('cpu').to(torch.float64).half().double().to({ dtype: torch.float32 });
    expect(layer.weight).toBeInstanceOf(nn.parameter.UninitializedParameter);
    expect(layer.to('meta').weight.device.type).toBe('meta');
    const batches = new nn.LazyBatchNorm1d().to('cpu', torch.float64);
    expect(batches(torch.ones(4, 2, { dtype: torch.float64 })).dtype).toBe(torch.float64);
    expect(() => new nn.LazyLinear(2).to({ memory_format: torch.channels_last })).toThrow(/an uninitialized parameter/);
  });
});

describe('buffers', () => {
  it('are in the state unless they are not persistent', () => {
    class Counter extends nn.Module {
      total = new nn.Buffer(torch.zeros(1));
      scratch = new nn.Buffer(torch.zeros(1), { persistent: false });
      constructor() {
        super();
        this.register_buffer('late', torch.ones(1), { persistent: false });
      }
    }
    const counter = new Counter();
    expect(names(counter.named_buffers())).toEqual(['total', 'scratch', 'late']);
    expect(Object.keys(counter.state_dict())).toEqual(['total']);
  });
});

describe('conversion', () => {
  it('keeps parameters the same objects and converts gradients and buffers', () => {
    const net = new nn.Sequential(new nn.Linear(2, 2), new nn.BatchNorm1d(2));
    const { weight } = net[0] as nn.Linear;
    net(torch.randn(3, 2)).sum().backward();
    expect(net.to(torch.float64)).toBe(net);
    expect((net[0] as nn.Linear).weight).toBe(weight);
    expect([weight.dtype, weight.grad!.dtype]).toEqual([torch.float64, torch.float64]);
    const norm = net[1] as nn.BatchNorm1d;
    expect(norm.running_mean!.dtype).toBe(torch.float64);
    expect(norm.num_batches_tracked!.dtype).toBe(torch.int64);
    expect(net.half().parameters()[0]!.dtype).toBe(torch.float16);
    expect(net.bfloat16().parameters()[0]!.dtype).toBe(torch.bfloat16);
    expect(net.float().parameters()[0]!.dtype).toBe(torch.float32);
    expect(net.to(torch.ones(1, { dtype: torch.float64 })).parameters()[0]!.dtype).toBe(torch.float64);
    expect(net.to({ device: 'cpu', dtype: torch.float32 }).parameters()[0]!.dtype).toBe(torch.float32);
    expect(() => net.to(torch.int64)).toThrow(
      'nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=torch.int64',
    );
  });

  it('takes a memory format, and devices without memory', () => {
    const conv = new nn.Conv2d(2, 3, 2).to({ memory_format: torch.channels_last });
    expect(conv.weight.is_contiguous({ memory_format: torch.channels_last })).toBe(true);
    const meta = new nn.Linear(2, 2, { device: 'meta' });
    expect(meta.weight.is_meta).toBe(true);
    expect(meta.to_empty({ device: 'cpu' }).weight.device.type).toBe('cpu');
    expect(meta.weight).toBeInstanceOf(nn.Parameter);
  });

  it('switches modes, freezes and forgets gradients', () => {
    const net = new nn.Sequential(new nn.Dropout(), new nn.Linear(2, 1));
    expect(
      net
        .eval()
        .modules()
        .map((m) => m.training),
    ).toEqual([false, false, false]); // prettier-ignore
    expect(net.train()[0]!.training).toBe(true);
    net.requires_grad_(false);
    expect(net.parameters().some((p) => p.requires_grad)).toBe(false);
    net.requires_grad_();
    net(torch.ones(1, 2)).sum().backward();
    net.zero_grad({ set_to_none: false });
    expect(net.parameters()[1]!.grad!.tolist()).toEqual([0]);
    net.zero_grad();
    expect(net.parameters()[1]!.grad).toBeNull();
    const seen: string[] = [];
    net.apply((m) => seen.push(m.constructor.name));
    expect(seen).toEqual(['Dropout', 'Linear', 'Sequential']);
  });
});

describe('deep copies', () => {
  it('have parameters of their own, and keep what is tied and hooked', () => {
    const net = new nn.Sequential(new nn.Linear(2, 2), new nn.Linear(2, 2));
    (net[1] as nn.Linear).weight = (net[0] as nn.Linear).weight;
    net.register_forward_hook((_m, _args, output: Tensor) => output.add(1));
    const copied = copy.deepcopy(net);
    expect(copied).toBeInstanceOf(nn.Sequential);
    expect((copied[1] as nn.Linear).weight).toBe((copied[0] as nn.Linear).weight);
    expect((copied[0] as nn.Linear).weight).not.toBe((net[0] as nn.Linear).weight);
    const x = torch.randn(1, 2);
    expect(copied(x).equal(net(x))).toBe(true);
    torch.no_grad(() => (copied[0] as nn.Linear).weight.zero_());
    expect(copied(x).equal(net(x))).toBe(false);
    copied.append(new nn.ReLU());
    expect(net).toHaveLength(2);
  });

  it('of classes with private fields are refused, unless the class copies itself', () => {
    expect(() => copy.deepcopy(new nn.Sequential(new Net()))).toThrow(
      'cannot copy an object of Net: its private field #scale cannot be read from outside',
    );

    class Counting extends nn.Module {
      readonly linear = new nn.Linear(2, 2);
      #calls: number;

      constructor(calls = 0) {
        super();
        this.#calls = calls;
      }

      override forward(x: Tensor): Tensor {
        this.#calls++;
        return this.linear(x).mul(this.#calls);
      }

      __deepcopy__(memo: copy.Memo): Counting {
        const copied = new Counting(this.#calls);
        (copied as { linear: nn.Linear }).linear = copy.deepcopy(this.linear, memo);
        return copied;
      }
    }
    const counting = new Counting();
    const x = torch.ones(1, 2);
    counting(x);
    const copied = copy.deepcopy(new nn.Sequential(counting));
    expect(copied(x).equal(counting(x))).toBe(true);
    expect((copied[0] as Counting).linear.weight).not.toBe(counting.linear.weight);
  });

  it('refuse tensors that a graph made', () => {
    const x = torch.ones(1, { requires_grad: true }).mul(2);
    expect(() => copy.deepcopy({ x })).toThrow('Only Tensors created explicitly by the user (graph leaves) support');
  });
});

describe('registration', () => {
  it('takes its arguments by name', () => {
    const net = new (class extends nn.Module {})();
    net.register_buffer('table', { tensor: torch.ones(2), persistent: false });
    net.register_buffer({ name: 'kept', tensor: torch.ones(3) });
    net.register_parameter({ name: 'weight', param: new nn.Parameter(torch.ones(1)) });
    net.register_parameter('bias', { param: null });
    net.add_module({ name: 'act', module: new nn.ReLU() });
    expect(Object.keys(net.state_dict())).toEqual(['weight', 'kept']);
    expect(net.named_buffers().map(([name]) => name)).toEqual(['table', 'kept']);
    expect(net.named_children().map(([name]) => name)).toEqual(['act']);
    expect(() => net.set_submodule('other', new nn.Tanh(), { strict: true })).toThrow('has no attribute `other`');
    net.set_submodule('act', new nn.Tanh(), { strict: false });
    expect(net.get_submodule('act')).toBeInstanceOf(nn.Tanh);
    expect(() => net.apply(3 as never)).toThrow("Module.apply(): argument 'fn' must be a function, not number");
    expect(() => net.get_parameter(3 as never)).toThrow("argument 'target' must be a string, not number");
    expect(() => net.register_buffer('x' as never)).toThrow(
      "Module.register_buffer() missing 1 required positional argument: 'tensor'",
    );
  });
});

describe('printing', () => {
  it('indents what is nested', () => {
    class Block extends nn.Module {
      layers = new nn.ModuleList([new nn.ReLU(), new nn.ReLU()]);
      norm: nn.Module | null = null;
      override extra_repr(): string {
        return 'depth=2';
      }
    }
    const text = 'Block(\n  depth=2\n  (layers): ModuleList(\n    (0-1): 2 x ReLU()\n  )\n)';
    expect(String(new Block())).toBe(text);
    expect(inspect(new Block())).toBe(text);
    expect(`${new nn.Conv2d(3, 8, [3, 5], { stride: 2, padding: [1, 2], bias: false })}`).toBe(
      'Conv2d(3, 8, kernel_size=(3, 5), stride=(2, 2), padding=(1, 2), bias=False)',
    );
    expect(`${new nn.Dropout(1)} ${new nn.BatchNorm2d(4)}`).toBe(
      'Dropout(p=1.0, inplace=False) ' +
        'BatchNorm2d(4, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)',
    );
  });
});

describe('the default device', () => {
  afterEach(() => torch.set_default_device('cpu'));

  it.each<[string, () => nn.Module]>([
    ['Linear', () => new nn.Linear(2, 2)],
    ['Conv2d', () => new nn.Conv2d(1, 2, 3)],
    ['BatchNorm1d', () => new nn.BatchNorm1d(3)],
    ['LayerNorm', () => new nn.LayerNorm(3)],
    ['LSTM', () => new nn.LSTM(2, 2)],
    ['Embedding', () => new nn.Embedding(3, 2)],
    ['MultiheadAttention', () => new nn.MultiheadAttention(4, 2)],
    ['Transformer', () => new nn.Transformer({ d_model: 4, nhead: 2, num_encoder_layers: 1, num_decoder_layers: 1 })],
    ['PReLU', () => new nn.PReLU()],
    ['Bilinear', () => new nn.Bilinear(2, 2, 2)],
  ])('is where the parameters and buffers of %s are made', (_, make) => {
    torch.set_default_device('meta');
    const module = make();
    const places = [...module.parameters(), ...module.buffers()].map((each) => each.device.type);
    expect(new Set(places)).toEqual(new Set(['meta']));
    expect(new nn.Parameter().device.type).toBe('meta');
    expect(nn.Transformer.generate_square_subsequent_mask(3).device.type).toBe('meta');
  });
});
