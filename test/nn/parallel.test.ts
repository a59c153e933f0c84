import torch, { nn, type Tensor } from 'tsorch';

class Scaled extends nn.Module {
  linear = new nn.Linear(3, 2);
  tied = this.linear;

  constructor() {
    super();
    this.register_buffer('offset', torch.ones(2));
  }

  override forward(x: Tensor, { scale = 1 }: { scale?: number } = {}): Tensor {
    return this.linear(x).mul(scale).add(this.get_buffer('offset'));
  }
}

describe('DataParallel', () => {
  const accelerators = torch.accelerator.is_available() ? [0] : [];

  it('calls the module, on the accelerator if there is one', () => {
    const net = new Scaled();
    const parallel = new nn.DataParallel(net, { device_ids: [0] });
    const x = torch.randn(4, 3);
    expect(parallel.device_ids).toEqual(accelerators);
    const output = parallel(x, { scale: 2 });
    expect(output.equal(net(x.to(net.linear.weight.device), { scale: 2 }))).toBe(true);
    expect(String(new nn.DataParallel(new nn.ReLU()))).toBe('DataParallel(\n  (module): ReLU()\n)');
    if (accelerators.length === 0) {
      expect(() => nn.parallel.data_parallel(net, x)).toThrow('device type could not be determined');
    }
  });

  it('loads elsewhere without its prefix', () => {
    const state = new nn.DataParallel(new nn.Linear(2, 2)).state_dict();
    expect(Object.keys(state)).toEqual(['module.weight', 'module.bias']);
    nn.modules.utils.consume_prefix_in_state_dict_if_present(state, 'module.');
    expect(Object.keys(state)).toEqual(['weight', 'bias']);
    expect(new nn.Linear(2, 2).load_state_dict(state).missing_keys).toEqual([]);
  });
});

describe('the parts of DataParallel', () => {
  const devices = ['cpu', 'cpu'];

  it('scatter cuts tensors, however nested, and gather puts them together', () => {
    const x = torch.arange(6).reshape(3, 2);
    const parts = nn.parallel.scatter([x, { y: [x, 'same'] }] as const, devices);
    expect(parts.map(([part]) => part.tolist())).toEqual([
      [
        [0, 1],
        [2, 3],
      ],
      [[4, 5]],
    ]);
    expect(parts[1]![1].y[1]).toBe('same');
    const [whole, { y }] = nn.parallel.gather(
      parts.map(([first, { y }]) => [first, { y: y[0] }] as const),
      'cpu',
    );
    expect(whole.equal(x)).toBe(true);
    expect(y.equal(x)).toBe(true);
    const sums = nn.parallel.gather([torch.tensor(1), torch.tensor(2)], 'cpu');
    expect(sums.tolist()).toEqual([1, 2]);
    expect(() => nn.parallel.gather<object>([{ a: x }, { a: x, b: x }], 'cpu')).toThrow(
      'All dicts must have the same number of keys',
    );
  });

  it('replicas compute the same, and their gradients add up in the module', () => {
    const net = new Scaled();
    const x = torch.randn(4, 3);
    net(x).pow(2).sum().backward();
    const expected = net.linear.weight.grad!.clone();
    net.zero_grad();

    const replicas = nn.parallel.replicate(net, devices);
    expect(replicas[0]!.parameters()).toEqual([]);
    expect(replicas[0]!.tied).toBe(replicas[0]!.linear);
    expect(replicas[0]!.linear).not.toBe(net.linear);
    const parts = nn.parallel.scatter(x, devices);
    const outputs = nn.parallel.parallel_apply(replicas, parts) as Tensor[];
    nn.parallel.gather(outputs, 'cpu').pow(2).sum().backward();
    expect(net.linear.weight.grad!.allclose(expected)).toBe(true);
    expect(nn.parallel.replicate(net, devices, true)[0]!(x).requires_grad).toBe(false);
  });
});
