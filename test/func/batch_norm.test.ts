import torch, { nn, type Tensor } from 'tsorch';

it('replace_all_batch_norm_modules_ takes running statistics away, so that a model can be vmapped', () => {
  const model = new nn.Sequential(new nn.Conv1d(1, 2, 1), new nn.BatchNorm1d(2), new nn.ReLU());
  expect(torch.func.replace_all_batch_norm_modules_(model)).toBe(model);
  expect(String(model[1])).toContain('track_running_stats=False');
  expect(Object.keys(model.state_dict())).toEqual(['0.weight', '0.bias', '1.weight', '1.bias']);
  const x = torch.randn(3, 2, 1, 4);
  const each = torch.vmap((rows: Tensor) => model(rows))(x);
  expect(each.index(1).allclose(model(x.index(1)))).toBe(true);
  expect(() => torch.func.replace_all_batch_norm_modules_(3 as never)).toThrow("argument 'root' must be a Module");
});
