import torch, { nn } from 'tsorch';

const linear = (inputs: number, outputs: number): nn.Linear => new nn.Linear(inputs, outputs);
const features = (list: Iterable<nn.Module>): unknown[] => [...list].map((m) => (m as nn.Linear).out_features);

describe('Sequential', () => {
  it('is made of modules, of named ones, and of ordered pairs', () => {
    const net = new nn.Sequential(linear(2, 3), new nn.ReLU());
    expect(net(torch.ones(1, 2)).shape).toEqual([1, 3]);
    const named = new nn.Sequential({ fc: linear(2, 3), act: new nn.ReLU() });
    expect(Object.keys(named.state_dict())).toEqual(['fc.weight', 'fc.bias']);
    const pairs = new nn.Sequential(
      new Map<string, nn.Module>([
        ['9', linear(1, 1)],
        ['1', new nn.ReLU()],
      ]),
    ); // prettier-ignore
    expect(pairs.named_children().map(([name]) => name)).toEqual(['9', '1']);
    expect(String(new nn.Sequential())).toBe('Sequential()');
  });

  it('indexes and slices, names kept', () => {
    const net = new nn.Sequential(linear(1, 2), linear(2, 3), linear(3, 4));
    expect(net).toHaveLength(3);
    expect(net[0]).toBe(net.index(0));
    expect(net.index(-1)).toBe(net[2]);
    expect(net.at(-2)).toBe(net[1]);
    expect(net.index(torch.tensor(2n))).toBe(net[2]);
    expect(() => net.index(torch.tensor(1))).toThrow(/only integer tensors of a single element/);
    expect(() => net.index(torch.tensor([0n, 1n]))).toThrow(TypeError);
    const list = new nn.ModuleList(net);
    list.set(torch.tensor([-1n]), new nn.ReLU());
    expect(list.index(torch.tensor(2n))).toBeInstanceOf(nn.ReLU);
    expect(new nn.ParameterList([torch.ones(1), torch.ones(2)]).index(torch.tensor(1n)).shape).toEqual([2]);
    expect(features(net.index('1:'))).toEqual([3, 4]);
    expect(
      net
        .index('1:')
        .named_children()
        .map(([name]) => name),
    ).toEqual(['1', '2']); // prettier-ignore
    expect(features(net.index('::-1'))).toEqual([4, 3, 2]);
    expect(() => net.index(3)).toThrow('index 3 is out of range');
  });

  it('grows, shrinks and is replaced in place', () => {
    const net = new nn.Sequential(linear(1, 2));
    net
      .append(linear(2, 4))
      .extend([linear(4, 5)])
      .insert(1, linear(2, 3)); // prettier-ignore
    expect(features(net)).toEqual([2, 3, 4, 5]);
    net[0] = linear(1, 9);
    expect(features(net)).toEqual([9, 3, 4, 5]);
    delete net[1];
    expect(features(net)).toEqual([9, 4, 5]);
    expect(Object.keys(net.state_dict())).toEqual(['0.weight', '0.bias', '1.weight', '1.bias', '2.weight', '2.bias']);
    expect((net.pop(-1) as nn.Linear).out_features).toBe(5);
    expect(features(net.add(new nn.Sequential(linear(1, 7))))).toEqual([9, 4, 7]);
    expect(features(net.mul(2))).toEqual([9, 4, 9, 4]);
    expect(() => net.insert(5, linear(1, 1))).toThrow('Index out of range: 5');
  });

  it('gives up slices, takes modules at negative indices, and is extended in place', () => {
    const net = new nn.Sequential(new nn.ReLU(), new nn.Tanh(), new nn.ReLU6());
    expect(String(net.pop('1:'))).toBe('Sequential(\n  (1): Tanh()\n  (2): ReLU6()\n)');
    expect(String(net)).toBe('Sequential(\n  (0): ReLU()\n)');
    net.append(new nn.Tanh()).set(-1, new nn.GELU()).mul_(2).add_(new nn.Sequential(new nn.Tanh()));
    expect([...net].map((module) => module._get_name())).toEqual(['ReLU', 'GELU', 'ReLU', 'GELU', 'Tanh']);
    expect(net[2]).toBe(net[0]);
    expect(() => net.set(5, new nn.ReLU())).toThrow('index 5 is out of range');
  });

  it.each([
    [() => new nn.Sequential([new nn.ReLU()] as never), 'Array is not a Module subclass'],
    [() => new nn.Sequential(torch.ones(2) as never), 'torch.FloatTensor is not a Module subclass'],
    [() => new nn.Sequential().extend(3 as never), "'number' object is not iterable"],
    [() => new nn.Sequential().add_(3 as never), 'supports only objects of Sequential class, but number is given'],
    [() => new nn.Sequential().mul_(1.5), 'unsupported operand type(s) for *: Sequential and number'],
    [() => new nn.ModuleList().add(3 as never), "'number' object is not iterable"],
    [() => new nn.ModuleDict(3 as never), 'with an iterable of key/value pairs, but got number'],
    [() => new nn.ModuleDict([3] as never), 'ModuleDict update sequence element #0 should be Iterable; isnumber'],
    [() => new nn.ModuleDict([['a', new nn.ReLU(), 3]] as never), 'element #0 has length 3; 2 is required'],
    [() => new nn.ModuleDict([['a', new nn.ReLU()], 'bc'] as never), 'string is not a Module subclass'],
    [() => new nn.ParameterDict(3 as never), 'with an iterable of key/value pairs, but got number'],
    [() => new nn.ParameterDict([3] as never), 'ParameterDict update sequence element #0 should be Iterable; isnumber'],
    [() => new nn.ParameterDict([[1, 2, 3]] as never), 'element #0 has length 3; 2 is required'],
    [() => new nn.ParameterDict().set('keys', torch.ones(1)), "attribute 'keys' already exists"],
    [() => new nn.ParameterList(torch.ones(2)), 'with an iterable, but got Tensor'],
  ])('%s says what is wrong', (make, message) => {
    expect(make).toThrow(message);
  });
});

describe('ModuleList', () => {
  it('holds modules in order', () => {
    const list = new nn.ModuleList([linear(1, 1), linear(1, 2)]);
    list.insert(0, linear(1, 0)).append(linear(1, 3));
    expect(features(list)).toEqual([0, 1, 2, 3]);
    expect(list[3]!.out_features).toBe(3);
    expect(features(list.index('::2'))).toEqual([0, 2]);
    expect(features(list.add([linear(1, 9)]))).toEqual([0, 1, 2, 3, 9]);
    expect(list.parameters()).toHaveLength(8);
    expect(features(list.pop('::2'))).toEqual([0, 2]);
    expect(features(list.set(-1, linear(1, 8)).add_([linear(1, 7)]))).toEqual([1, 8, 7]);
    expect(list.named_children().map(([name]) => name)).toEqual(['0', '1', '2']);
    expect(() => list.extend(3 as never)).toThrow(
      'ModuleList.extend should be called with an iterable, but got number',
    );
  });
});

describe('ModuleDict', () => {
  it('holds modules by name, each a property too', () => {
    const dict = new nn.ModuleDict({ b: linear(1, 2), a: linear(1, 1) });
    expect(dict.keys()).toEqual(['b', 'a']);
    expect((dict as unknown as { a: nn.Linear }).a).toBe(dict.index('a'));
    dict.update({ c: linear(1, 3) });
    dict.update([['a', linear(1, 7)]]);
    expect(dict.items().map(([name, m]) => [name, m.out_features])).toEqual([
      ['b', 2],
      ['a', 7],
      ['c', 3],
    ]); // prettier-ignore
    expect(dict.has('c')).toBe(true);
    expect(dict.pop('b').out_features).toBe(2);
    expect([...dict]).toEqual(['a', 'c']);
    expect([...dict.set('d', linear(1, 4))]).toEqual(['a', 'c', 'd']);
    expect(() => dict.update({ pop: linear(1, 1) })).toThrow("attribute 'pop' already exists");
    dict.clear();
    expect(dict).toHaveLength(0);
  });
});

describe('ParameterList', () => {
  it('makes parameters of tensors and keeps other values', () => {
    const list = new nn.ParameterList<unknown>([torch.ones(2, 2), 'text']);
    list.append(new nn.Parameter(torch.zeros(1)));
    expect(list[0]).toBeInstanceOf(nn.Parameter);
    expect(list.at(-1)).toBeInstanceOf(nn.Parameter);
    expect(Object.keys(list.state_dict())).toEqual(['0', '2']);
    expect(String(list)).toBe(
      'ParameterList(\n' +
        '    (0): Parameter containing: [torch.float32 of size 2x2]\n' +
        '    (1): Object of type: string\n' +
        '    (2): Parameter containing: [torch.float32 of size 1]\n' +
        ')',
    );
    expect(list.index('1:')).toHaveLength(2);
    list.set(-1, torch.ones(5)).add_([torch.ones(7)]);
    expect(list.parameters().map((x) => x.length)).toEqual([2, 5, 7]);
    expect(() => list()).toThrow('ParameterList should not be called.');
  });
});

describe('ParameterDict', () => {
  it('sorts the keys of plain objects, as PyTorch does those of dicts', () => {
    const dict = new nn.ParameterDict({ b: torch.ones(2), a: torch.zeros(1) });
    expect(dict.keys()).toEqual(['a', 'b']);
    expect(
      new nn.ParameterDict(
        new Map([
          ['b', torch.ones(1)],
          ['a', torch.ones(1)],
        ]),
      ).keys(),
    ).toEqual(['b', 'a']); // prettier-ignore
    expect(String(dict)).toBe(
      'ParameterDict(\n' +
        '    (a): Parameter containing: [torch.FloatTensor of size 1]\n' +
        '    (b): Parameter containing: [torch.FloatTensor of size 2]\n' +
        ')',
    );
  });

  it('is a dictionary', () => {
    const dict = new nn.ParameterDict({ a: torch.zeros(1) });
    dict.set('b', torch.ones(1));
    expect(dict.get('c')).toBeNull();
    expect(dict.setdefault('c', torch.ones(3)).shape).toEqual([3]);
    expect(dict.copy().index('a')).toBe(dict.index('a'));
    expect(dict.popitem()[0]).toBe('c');
    expect(dict.pop('a').shape).toEqual([1]);
    expect(dict.has('a')).toBe(false);
    expect(dict.parameters()).toHaveLength(1);
    expect(dict.fromkeys(['x', 'y'], 0).values()).toEqual([0, 0]);
    const other = new nn.ParameterDict({ b: torch.ones(5), d: torch.ones(2) });
    expect(
      dict
        .bitwise_or(other)
        .items()
        .map(([key, value]) => [key, value.length]),
    ).toEqual([
      ['b', 5],
      ['d', 2],
    ]); // prettier-ignore
    expect(dict.keys()).toEqual(['b']);
    expect(dict.bitwise_or_(other)).toBe(dict);
    expect(dict.keys()).toEqual(['b', 'd']);
    dict.clear();
    expect(dict.parameters()).toHaveLength(0);
  });
});
