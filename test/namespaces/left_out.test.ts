import torch, { nn, optim } from 'tsorch';

const { NotImplementedError } = torch;

/** Reads a property that the types do not have. */
const read = (object: object, name: string): unknown => (object as Record<string, unknown>)[name];

describe('a name that is left out', () => {
  test.each<[string, object, string | RegExp]>([
    ['torch.compile', torch, "torch.compile is left out: torch.compile reads Python's bytecode"],
    [
      'torch.fx',
      torch,
      "torch.fx is left out: torch.fx rewrites Python programs, whose tracing needs Python's operators",
    ],
    ['torch.ao', torch, /^torch\.ao is left out: quantized tensors/],
    ['torch.library', torch, /^torch\.library is left out: registers operators/],
    ['torch.Tensor.names', torch.ones(2), /named tensors, which PyTorch itself has removed/],
    ['torch.Tensor.numpy', torch.ones(2), /typed_array\(\)/],
    ['torch.nn.quantized', nn, /quantized tensors/],
    ['torch.distributed.rpc', torch.distributed, /calls of other processes/],
    ['torch.optim.swap_in_optimizer_params_and_state', optim, /torch\.compile/],
    ['torch.utils.cpp_extension', torch.utils, /Python code/],
    ['torch.masked.masked_tensor', torch.masked, /the functions take `mask`/],
    ['torch.sparse.to_sparse_semi_structured', torch.sparse, /2:4 sparsity/],
  ])('%s throws its reason', (name, object, message) => {
    const last = name.slice(name.lastIndexOf('.') + 1);
    expect(() => read(object, last)).toThrow(NotImplementedError);
    expect(() => read(object, last)).toThrow(message);
  });

  test('is hidden from listings, copies and comparisons', () => {
    expect(Object.keys(torch)).not.toContain('compile');
    expect({ ...torch.masked }).toEqual({ ...torch.masked });
    expect(JSON.stringify({ ...torch.sparse })).toBe('{}');
  });

  test('can be given a value by a program', () => {
    const x = torch.ones(1) as torch.Tensor & { names: string[] };
    x.names = ['batch'];
    expect(x.names).toEqual(['batch']);
    expect(() => read(torch.ones(1), 'names')).toThrow(NotImplementedError);
  });

  test('is not explained where only Python imports it', () => {
    expect(read(torch, 'TYPE_CHECKING')).toBeUndefined();
  });
});

test('torch.utils.deterministic is the switch of libtorch', () => {
  expect(torch.utils.deterministic.fill_uninitialized_memory).toBe(true);
  torch.utils.deterministic.fill_uninitialized_memory = false;
  expect(torch.utils.deterministic.fill_uninitialized_memory).toBe(false);
  torch.utils.deterministic.fill_uninitialized_memory = true;
});
