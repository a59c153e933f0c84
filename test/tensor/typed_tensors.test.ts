import torch from 'tsorch';

it('say their dtype and layout', () => {
  expect([torch.ByteTensor.dtype, torch.LongTensor.dtype]).toEqual([torch.uint8, torch.int64]);
  expect([torch.FloatTensor.layout, torch.sparse.FloatTensor.layout]).toEqual([torch.strided, torch.sparse_coo]);
});

it('take the device that they are of', () => {
  expect(new torch.FloatTensor({ device: 'cpu' }).shape).toEqual([0]);
  expect((torch.LongTensor as (...args: unknown[]) => torch.Tensor)([1], { device: 'cpu' }).tolist()).toEqual([1]);
});

it('refuse another device', () => {
  const text = 'legacy constructor expects device type: cpu but device type: meta was passed';
  expect(() => torch.FloatTensor({ device: 'meta' })).toThrow(new torch.TorchError(text));
  expect(() => (torch.Tensor as (...args: unknown[]) => torch.Tensor)({ device: 'meta' })).toThrow(text);
});

it('are types that a tensor can be copied to', () => {
  const x = torch.tensor([1.5, 2]);
  expect([x.type(torch.LongTensor).tolist(), x.type(torch.DoubleTensor).dtype]).toEqual([[1, 2], torch.float64]);
  expect(x.type({ dtype: torch.LongTensor }).dtype).toBe(torch.int64);
  expect(() => x.type(torch.nn.Linear as never)).toThrow(new RangeError("invalid type: 'Linear'"));
});
