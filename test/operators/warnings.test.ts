import torch from 'tsorch';

let emit: jest.SpyInstance;
beforeEach(() => {
  emit = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
});
afterEach(() => {
  emit.mockRestore();
  torch.set_warn_always(false);
});

/** How often a warning of libtorch's, which it shows once, is shown in three calls. */
function shown(): number {
  emit.mockClear();
  for (let i = 0; i < 3; i++) torch.meshgrid(torch.ones(2), torch.ones(2));
  return emit.mock.calls.filter(([text]) => String(text).includes('torch.meshgrid')).length;
}

it('libtorch shows a warning each time while set_warn_always is on', () => {
  shown();
  torch.set_warn_always(true);
  expect([torch.is_warn_always_enabled(), shown()]).toEqual([true, 3]);
  torch.set_warn_always(false);
  expect([torch.is_warn_always_enabled(), shown()]).toEqual([false, 0]);
});

it('set_warn_always takes booleans', () => {
  expect(() => torch.set_warn_always(1 as never)).toThrow(
    new torch.TorchError('setWarnOnlyOnce expects a bool, but got number'),
  );
});
