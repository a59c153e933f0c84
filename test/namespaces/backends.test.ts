/** Switches of torch.backends. */
import torch from 'tsorch';

const { miopen, opt_einsum } = torch.backends;

test('miopen.flags sets immediate for a while', () => {
  expect(miopen.immediate).toBe(false);
  expect(miopen.flags({ immediate: true }, () => miopen.immediate)).toBe(true);
  expect(miopen.immediate).toBe(false);
  miopen.immediate = true;
  expect(miopen.flags({}, () => miopen.immediate)).toBe(false);
  {
    using _ = miopen.flags({ immediate: false });
    expect(miopen.immediate).toBe(false);
  }
  expect(miopen.immediate).toBe(true);
  miopen.immediate = false;
});

test('opt_einsum is as in Python without the package', () => {
  expect([opt_einsum.is_available(), opt_einsum.enabled, opt_einsum.strategy, opt_einsum.get_opt_einsum()]).toEqual([
    false,
    false,
    null,
    null,
  ]);
  expect(opt_einsum.flags({ enabled: false }, () => torch.einsum('i,i->', torch.ones(2), torch.ones(2)).item())).toBe(
    2,
  );
  opt_einsum.enabled = false;
  const unavailable = /^opt_einsum is not available, so setting `enabled` to True will not reap the benefits of/;
  expect(() => opt_einsum.flags({ enabled: true }, () => 1)).toThrow(unavailable);
  expect(() => {
    opt_einsum.enabled = true;
  }).toThrow(unavailable);
  expect(() => opt_einsum.flags({ strategy: 'greedy' })).toThrow(
    /^opt_einsum is not available, so setting `strategy` to greedy will not be meaningful/,
  );
});
