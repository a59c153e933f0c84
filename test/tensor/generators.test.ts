import torch from 'tsorch';

describe('Generator', () => {
  it('has clones that go on from the same place by themselves', () => {
    const generator = new torch.Generator().manual_seed(3);
    torch.rand(5, { generator });
    const clone = generator.clone_state();
    const wanted = torch.rand(4, { generator });
    expect(torch.rand(4, { generator: clone }).equal(wanted)).toBe(true);
    expect(clone.device.equals(generator.device)).toBe(true);
  });

  it('has an offset on accelerators only', () => {
    const generator = new torch.Generator();
    expect(() => generator.get_offset()).toThrow(new torch.TorchError('CPU Generator does not use offset'));
    expect(() => generator.set_offset(4)).toThrow('CPU Generator does not use offset');
  });
});

it('seeds come by name too', () => {
  torch.manual_seed({ seed: 7 });
  const first = torch.rand(2);
  torch.manual_seed(7);
  expect(torch.rand(2).equal(first)).toBe(true);
  const bare = torch.manual_seed as unknown as () => void;
  expect(bare).toThrow("manual_seed() missing 1 required positional argument: 'seed'");
});
