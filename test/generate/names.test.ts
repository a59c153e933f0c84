import golden from './golden/python_signatures.json';
import { generatedFromLibtorch } from './run_generator';

const { operators } = generatedFromLibtorch();

const words = (text: string) => text.split(' ');

/** Functions Python writes by hand because they take data, not tensors, or parse other functions' arguments. */
const WRITTEN_BY_HAND = {
  torch:
    `_from_blob as_tensor asarray from_numpy frombuffer sparse_bsc_tensor sparse_bsr_tensor sparse_compressed_tensor
    sparse_coo_tensor sparse_csc_tensor sparse_csr_tensor tensor`.split(/\s+/),
  nn: ['_parse_to'],
};

function unprefixed(names: string[], module: string): string[] {
  return names.map((name) => (name.startsWith(`${module}_`) ? name.slice(module.length + 1) : name)).sort();
}

function generatedNames(module: string): string[] {
  return Object.keys(operators.functions[module] ?? {})
    .filter((name) => !name.startsWith('__'))
    .sort();
}

describe('names are those of PyTorch', () => {
  test.each(['torch', 'nn'] as const)('%s', (module) => {
    const expected = words(golden.names[module]).filter((name) => !WRITTEN_BY_HAND[module].includes(name));
    expect(generatedNames(module)).toEqual(expected.sort());
  });

  test.each(['linalg', 'fft', 'special'] as const)('%s', (module) => {
    expect(generatedNames(module)).toEqual(unprefixed(words(golden.names[module]), module));
  });

  test('Tensor has every generated method', () => {
    const attributes = new Set(words(golden.names.Tensor));
    const methods = Object.keys(operators.methods).filter((name) => !name.startsWith('__'));
    expect(methods.filter((name) => !attributes.has(name))).toEqual([]);
  });

  test('sparse has the names torch.sparse exports', () => {
    const names = ['addmm', 'log_softmax', 'mm', 'sampled_addmm', 'softmax', 'spdiags', 'spsolve'];
    expect(generatedNames('sparse')).toEqual(expect.arrayContaining(names));
  });
});

describe('named results', () => {
  const representatives: Record<keyof typeof golden.results, string> = {
    max: 'max.dim',
    linalg_slogdet: 'linalg_slogdet',
    linalg_svd: 'linalg_svd',
    aminmax: 'aminmax',
    topk: 'topk',
  };

  test.each(Object.entries(golden.results))('%s', (name, fields) => {
    expect(operators.results[representatives[name as keyof typeof golden.results]]).toEqual(fields);
  });
});
