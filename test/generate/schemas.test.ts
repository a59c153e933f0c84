import { generate } from './run_generator';

function entry(func: string, rest: Record<string, string> = {}): string {
  const lines = Object.entries({ func, ...rest }).map(([key, value]) => `  ${key}: ${value}`);
  return `- ${lines.join('\n').trimStart()}\n`;
}

describe('schemas of single operators', () => {
  test('types lose aliases, symbolic integers become integers, lists keep sizes and options', () => {
    const { operators } = generate(
      entry(
        'odd(Tensor(a -> *) self, SymInt[2]? size=None, Tensor?[] parts=[], bool[3] mask=[True,False,True]) -> Tensor(a)[]',
      ),
    );
    expect(operators.functions.torch?.odd).toEqual([
      ['odd(Tensor input, int[2]? size=None, Tensor?[] parts=[], bool[3] mask=[True,False,True])', 'odd'],
    ]);
  });

  test('commas, brackets and quotes inside a string are part of the default', () => {
    const { operators } = generate(
      entry(String.raw`text(Tensor dummy, str a="\"'\\", str b='x, (y', *, str c="") -> Tensor`),
    );
    const signature = operators.functions.torch?.text?.[0]?.[0];
    expect(signature).toBe(String.raw`text(Tensor dummy, str a="\"'\\", str b="x, (y", *, str c="")`);
  });

  test('a receiver that is no tensor keeps its name, and methods have none', () => {
    const { operators } = generate(
      entry('raise.Scalar(Scalar self, Tensor exponent) -> Tensor') +
        entry('double_up(Tensor self, int times=2) -> Tensor', { variants: 'function, method' }),
    );
    expect(operators.functions.torch?.raise?.[0]?.[0]).toBe('raise(Scalar self, Tensor exponent)');
    expect(operators.functions.torch?.double_up?.[0]?.[0]).toBe('double_up(Tensor input, int times=2)');
    expect(operators.methods.double_up?.[0]?.[0]).toBe('double_up(int times=2)');
  });

  test('an operator and its out= overload are one signature', () => {
    const { operators } = generate(
      entry('best(Tensor self, int dim) -> (Tensor values, Tensor indices)') +
        entry(
          'best.out(Tensor self, int dim, *, Tensor(a!) v, Tensor(b!) i) -> (Tensor(a!) values, Tensor(b!) indices)',
        ),
    );
    expect(operators.functions.torch?.best).toEqual([
      ['best(Tensor input, int dim, *, Tensor[2]? out=None)', 'best', 'best.out'],
    ]);
    expect(operators.results).toEqual({ best: ['values', 'indices'], 'best.out': ['values', 'indices'] });
  });

  test('functions that make tensors take the tensor options, int64 where the schema falls back on it', () => {
    const options = 'ScalarType? dtype=long, Layout? layout=None, Device? device=None, bool? pin_memory=None';
    const { operators } = generate(entry(`indices(int n, *, ${options}) -> Tensor`));
    expect(operators.functions.torch?.indices?.[0]?.[0]).toBe(
      'indices(int n, *, ScalarType? dtype=int64, Layout? layout=None, Device? device=None, ' +
        'bool? pin_memory=False, bool requires_grad=False)',
    );
  });

  test('out= overloads of copying views are derived, and other derived overloads are not', () => {
    const { operators } = generate(
      entry('turn_copy(Tensor self) -> Tensor', { tags: 'view_copy', autogen: 'turn_copy.out' }) +
        entry('turn_more(Tensor self) -> Tensor', { autogen: 'turn_more.out' }),
    );
    expect(operators.functions.torch?.turn_copy?.[0]?.slice(1)).toEqual(['turn_copy', 'turn_copy.out']);
    expect(operators.functions.torch?.turn_more?.[0]?.slice(1)).toEqual(['turn_more']);
  });

  test('a deprecated argument order says where each argument of the operator comes from', () => {
    const { operators } = generate(
      entry('mix(Tensor self, Tensor other, *, Scalar beta=1, Scalar alpha=1) -> Tensor', {
        variants: 'function, method',
      }),
      '- name: mix(Scalar beta, Tensor self, Tensor other) -> Tensor\n  aten: mix(self, other, beta, 1)\n',
    );
    expect(operators.functions.torch?.mix?.[0]).toEqual([
      'mix(Scalar beta, Tensor input, Tensor other)',
      'mix',
      null,
      ['input', 'other', 'beta', '1'],
    ]);
    expect(operators.methods.mix?.[0]?.[3]).toEqual(['self', 'other', 'beta', '1']);
  });

  test('modules have names without their prefix, messages keep it', () => {
    const { operators } = generate(
      entry('linalg_size(Tensor A) -> Tensor', { python_module: 'linalg' }) +
        entry('_sparse_mm(Tensor sparse, Tensor dense) -> Tensor', { python_module: 'sparse' }),
    );
    expect(operators.functions.linalg).toEqual({ size: [['linalg_size(Tensor A)', 'linalg_size']] });
    expect(Object.keys(operators.functions.sparse ?? {})).toEqual(['mm']);
  });

  test.each([
    'broken(Tensor self -> Tensor',
    'broken(Tensor[) -> Tensor',
    'broken(Tensor self)',
    'broken(int n=) -> ?',
  ])('%s is refused', (func) => {
    expect(() => generate(entry(`'${func}'`))).toThrow(/schema/);
  });
});

describe('types of single operators', () => {
  test('lists of integers may be spread where Python allows it', () => {
    const { methods } = generate(
      entry('fold(Tensor self, int[] dims, *, bool deep=False) -> Tensor', { variants: 'method' }),
    );
    expect(methods).toContain('fold(...dims: Varargs<{ deep?: boolean }>): Tensor;');
    expect(methods).toContain('fold(dims: readonly number[], options?: { deep?: boolean }): Tensor;');
  });

  test('overloads that differ in one type are one', () => {
    const { methods } = generate(
      entry('near.Tensor(Tensor self, Tensor other) -> Tensor', { variants: 'method' }) +
        entry('near.Scalar(Tensor self, Scalar other) -> Tensor', { variants: 'method' }),
    );
    expect(methods.match(/^ +near\(other/gm)).toHaveLength(1);
    expect(methods).toContain('near(other: Tensor | Scalar): Tensor;');
  });

  test('in-place methods return their receiver', () => {
    const { methods } = generate(entry('wipe_(Tensor(a!) self) -> Tensor(a!)', { variants: 'method' }));
    expect(methods).toContain('wipe_(): this;');
  });

  test('named results are tuples with properties', () => {
    const { functions, results } = generate(entry('halves(Tensor self) -> (Tensor low, Tensor high)'));
    expect(functions).toContain('halves(input: Tensor): LowHigh;');
    expect(results).toContain(
      'export type LowHigh = [low: Tensor, high: Tensor] & { readonly low: Tensor; readonly high: Tensor };',
    );
  });

  test('members say their Python signature and where it is documented', () => {
    const { functions } = generate(entry('spin(Tensor self, int k=1) -> Tensor'));
    expect(functions).toContain('`torch.spin(input, k=1) -> Tensor`');
    expect(functions).toContain('@see https://docs.pytorch.org/docs/2.13/generated/torch.spin.html');
  });
});
