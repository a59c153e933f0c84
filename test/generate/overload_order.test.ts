import golden from './golden/python_signatures.json';
import { generatedFromLibtorch, type SignatureEntry, type Table } from './run_generator';

const { operators } = generatedFromLibtorch();

/** Parameter names in order, '*' included, as in the golden file. */
function parameterNames([signature]: SignatureEntry): string[] {
  const inner = signature.slice(signature.indexOf('(') + 1, -1).replace(/\[[^\]]*\]/g, '');
  const parts = inner ? inner.split(', ') : [];
  return parts.map((part) => part.replace(/=.*/, '').split(' ').at(-1) ?? '');
}

/** Python's messages leave deprecated signatures out. */
function currentOverloads(entries: SignatureEntry[] = []): string[][] {
  const plain = entries.filter(([, operator, , call]) => !call || !entries.some((e) => e[1] === operator && !e[3]));
  return plain.map(parameterNames);
}

function table(namespace: string): Table {
  return (namespace === 'Tensor' ? operators.methods : operators.functions[namespace]) ?? {};
}

const cases = Object.entries(golden.overloads).flatMap(([namespace, functions]) =>
  Object.entries(functions).map(([name, overloads]) => ({ namespace, name, overloads: overloads as string[][] })),
);

describe('overloads in the order in which Python tries them', () => {
  test.each(cases)('$namespace $name', ({ namespace, name, overloads }) => {
    const publicName = namespace === 'linalg' ? name.replace(/^linalg_/, '') : name;
    expect(currentOverloads(table(namespace)[publicName])).toEqual(overloads);
  });

  test('a deprecated order is tried where its text sorts', () => {
    expect(operators.functions.torch?.add?.map(([signature]) => signature)).toEqual([
      'add(Tensor input, Scalar alpha, Tensor other, *, Tensor? out=None)',
      'add(Tensor input, Tensor other, *, Scalar alpha=1, Tensor? out=None)',
    ]);
  });

  test('a tensor is tried before a number, and a number before a list', () => {
    const operatorsOf = (name: string) => operators.functions.torch?.[name]?.map((entry) => entry[1]);
    expect(operatorsOf('pow')).toEqual(['pow.Tensor_Tensor', 'pow.Scalar', 'pow.Tensor_Scalar']);
    expect(operatorsOf('where')).toEqual([
      'where',
      'where.self',
      'where.ScalarSelf',
      'where.ScalarOther',
      'where.Scalar',
    ]);
    expect(operators.methods.squeeze?.map((entry) => entry[1])).toEqual(['squeeze', 'squeeze.dim', 'squeeze.dims']);
  });
});
