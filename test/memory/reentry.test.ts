/** JavaScript that runs in the middle of a call, and makes calls of its own: no argument and no result is lost. */
import torch, { type Tensor } from 'tsorch';
import { Function, type FunctionCtx } from 'tsorch/autograd';
import * as pyplot from 'tsorch/pyplot';

/** A list whose elements are made when they are read. */
function lazy<T>(makers: readonly (() => T)[]): T[] {
  const list: T[] = [];
  for (const [i, get] of makers.entries()) Object.defineProperty(list, i, { get, enumerable: true });
  return list;
}

/** The same by a Proxy, which does something at every touch. */
function watched<T extends object>(target: T, touch: () => void): T {
  return new Proxy(target, {
    get: (of, key) => {
      touch();
      return Reflect.get(of, key);
    },
    getPrototypeOf: (of) => {
      touch();
      return Reflect.getPrototypeOf(of);
    },
  });
}

/** Runs with another `process.emitWarning`, and gives the warnings too. */
function withHandler<T>(handler: (text: string) => void, run: () => T): [result: T, warnings: string[]] {
  const original = process.emitWarning;
  const seen: string[] = [];
  torch.set_warn_always(true);
  process.emitWarning = ((text: string) => {
    seen.push(String(text));
    handler(String(text));
  }) as typeof process.emitWarning;
  try {
    return [run(), seen];
  } finally {
    process.emitWarning = original;
    torch.set_warn_always(false);
  }
}

/** Uses the frame for as much as it can: arguments, results, errors, collections, a larger frame. */
function disturb(): void {
  torch.arange(5).add(1);
  torch.cat([torch.ones(3), torch.zeros(2)]).max(0);
  expect(() => torch.ones(2).matmul(torch.ones(3))).toThrow();
  torch.tidy(() => torch.zeros(Array(6000).fill(1).slice(0, 5)).tolist());
  torch.gc();
  for (let i = 0; i < 600; i++) torch.ones(4);
}

const complex = () => torch.tensor([new torch.Complex(1, 2), new torch.Complex(3, 4)]);

describe('a warning', () => {
  it.each<[string, () => unknown, unknown]>([
    ['one result', () => complex().to(torch.float32).tolist(), [1, 3]],
    ['a list', () => torch.ones(2, 3, 4).T.shape, [4, 3, 2]],
    ['several results', () => torch.var_mean(torch.tensor([2])).map((each: Tensor) => each.item()), [NaN, 2]],
    ['one that warns each time', () => torch.ones(2, 1).std(1).tolist(), [NaN, NaN]],
    ['a number', () => torch.ones(1).std().item(), NaN],
  ])('comes when the call has given %s', (_, run, expected) => {
    const [result] = withHandler(disturb, run); // libtorch gives the first two once in a process
    expect(result).toEqual(expected);
  });

  it('may come while another is shown', () => {
    let depth = 0;
    const [result, warnings] = withHandler(
      () => {
        if (depth++ < 3) expect(torch.ones(1).std().item()).toBeNaN();
      },
      () => torch.ones(2, 1).std(1).tolist(),
    );
    expect(result).toEqual([NaN, NaN]);
    expect(warnings).toHaveLength(4);
  });

  it('can be made an error by its handler, and the next call is as ever', () => {
    const refuse = (text: string) => {
      throw new Error(`not allowed: ${text.slice(0, 12)}`);
    };
    expect(() => withHandler(refuse, () => torch.ones(1).std())).toThrow('not allowed: std()');
    expect(torch.ones(2).add(1).tolist()).toEqual([2, 2]);
  });

  it('of a call that fails comes too', () => {
    class Refused extends Function {
      static override forward(_ctx: FunctionCtx, x: Tensor): Tensor {
        return x.mul(2);
      }
      static override backward(_ctx: FunctionCtx, _grad: Tensor): Tensor {
        torch.ones(1).std();
        throw new RangeError('refused');
      }
    }
    const [, warnings] = withHandler(disturb, () => {
      const x = torch.ones(2, { requires_grad: true });
      expect(() => Refused.apply(x).sum().backward()).toThrow('refused');
    });
    expect(warnings).toHaveLength(1);
  });
});

describe('a list whose elements are made when read', () => {
  const parts = () => [() => torch.tensor([1, 2]), () => torch.cat([torch.zeros(1), torch.ones(1)])];
  const sizes = [() => torch.zeros([5]).numel(), () => torch.zeros([4]).numel()];

  it.each<[string, () => unknown, unknown]>([
    ['tensors', () => torch.cat(lazy(parts())).tolist(), [1, 2, 0, 1]],
    ['tensors, named', () => torch.cat({ tensors: lazy(parts()), dim: 0 } as never).tolist(), [1, 2, 0, 1]],
    [
      'tensors behind a Proxy',
      () => torch.stack(watched([torch.ones(1), torch.zeros(1)], disturb)).tolist(),
      [[1], [0]],
    ],
    ['sizes', () => torch.zeros(lazy(sizes)).shape, [5, 4]],
    ['sizes of a method', () => torch.arange(20).view(lazy(sizes)).shape, [5, 4]],
    ['dims', () => torch.ones(5, 4).sum(lazy([() => torch.zeros(0).numel()])).shape, [4]],
    [
      'several lists',
      () =>
        torch
          .roll(torch.arange(20).view(5, 4), lazy([() => 1]), lazy([() => 0]))
          .index(0)
          .tolist(),
      [16, 17, 18, 19],
    ],
    [
      'indices',
      () =>
        torch
          .arange(5)
          .index(lazy([() => torch.tensor(3).item(), () => 1]) as never)
          .tolist(),
      [3, 1],
    ],
    ['data', () => torch.tensor(lazy(sizes)).tolist(), [5, 4]],
    [
      'foreach',
      () => (torch._foreach_add!(lazy([() => torch.ones(2).mul(2)]), 1) as Tensor[]).map((x) => x.tolist()),
      [[3, 3]],
    ],
    [
      'places to put',
      () =>
        torch
          .zeros(3)
          .index_put_(lazy([() => torch.ones(3).sum().item() - 1]) as never, 5)
          .tolist(),
      [0, 0, 5],
    ],
  ])('of %s gives what a plain one gives', (_, run, expected) => {
    expect(run()).toEqual(expected);
    expect(run()).toEqual(expected); // by the cache
  });

  it('is read once', () => {
    let reads = 0;
    const one = () => {
      reads++;
      return torch.ones(1);
    };
    for (let i = 1; i <= 3; i++) {
      torch.cat(lazy([one, one]));
      expect(reads).toBe(2 * i);
    }
  });

  it('may throw in the middle', () => {
    const broken = lazy<Tensor>([
      () => torch.ones(2),
      () => {
        disturb();
        throw new Error('no second element');
      },
    ]);
    for (let i = 0; i < 20; i++) {
      expect(() => torch.cat(broken)).toThrow('no second element');
      expect(() => torch.ones(2).index(broken as never)).toThrow('no second element');
      expect(torch.ones(2).add(1).tolist()).toEqual([2, 2]);
    }
  });
});

describe('a list that says it has billions of elements', () => {
  const leaf = () => torch.ones(2, { requires_grad: true });
  const endless = <T>(values: T[]): T[] =>
    new Proxy(values, { get: (list, key) => (key === 'length' ? 2 ** 32 : Reflect.get(list, key)) });

  it.each<[string, () => unknown]>([
    ['of tensors', () => torch.cat(endless([torch.ones(1)]))],
    ['of sizes', () => torch.zeros(endless([2]))],
    ['of indices', () => torch.ones(2).index_put_(endless([0]), 1)],
    ['by name', () => torch.ones(2).sum({ dim: endless([0]) })],
    ['that is an array', () => torch.ones(2).view(new Array<number>(2 ** 31))],
    ['of graph ends', () => torch.autograd.grad(endless([leaf().sum()]), leaf())],
    [
      'of inputs',
      () =>
        leaf()
          .sum()
          .backward({ inputs: endless([leaf()]) }),
    ],
    ['as an index', () => torch.ones(2).index(endless([0]))],
    ['of parameters', () => new torch.optim.SGD([{ params: endless([leaf()]) }], { lr: 0.1 })],
    ['of what to clip', () => torch.nn.utils.clip_grad_norm_(new Array<Tensor>(2 ** 31), 1)],
    ['of paddings', () => torch.nn.functional.pad(torch.ones(2), endless([1]))],
    ['of samples', () => torch.utils.data.default_collate([endless([1])])],
    ['of numbers', () => torch.tensor([endless([1])])],
    ['of tensors as data', () => torch.tensor(endless([torch.ones(1)]))],
    ['of modules', () => new torch.nn.ModuleList(endless([new torch.nn.ReLU()]))],
    ['of pairs', () => new torch.nn.ModuleDict(endless([['a', new torch.nn.ReLU()]]))],
    ['that is a Size', () => torch.Size(endless([1]))],
    ['of a batch shape', () => new torch.distributions.Normal(0, 1).sample(endless([1]))],
    ['of places', () => new torch.utils.data.Subset([1], endless([0]))],
    ['to be shared', () => torch.multiprocessing.share({ list: endless([1]) })],
    ['for vmap', () => torch.vmap((x: Tensor[]) => x[0]!)(endless([torch.ones(1)]))],
  ])('is refused: %s', (_, run) => {
    expect(run).toThrow(TypeError);
    expect(run).toThrow(/too long for an argument/);
  });

  /** What a run that fails says. */
  const message = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('it did not fail');
  };

  // in a list, where a number is expected: JavaScript would write the inner one out to compare it
  const inside = [endless([1])] as never;
  it.each<[string, () => unknown]>([
    ['a probability', () => torch.nn.functional.dropout(torch.ones(2), inside)],
    ['a bound', () => torch.nn.functional.hardtanh(torch.ones(2), inside)],
    ['a scale', () => torch.nn.functional.interpolate(torch.ones(1, 1, 2, 2), { scale_factor: inside })],
    ['a rank', () => torch.svd_lowrank(torch.ones(2, 2), inside)],
    ['a slope', () => torch.nn.init.kaiming_uniform_(torch.ones(2, 2), inside)],
    ['a name', () => torch.nn.utils.weight_norm(new torch.nn.Linear(2, 2), inside)],
    ['an amount', () => torch.nn.utils.prune.l1_unstructured(new torch.nn.Linear(2, 2), 'weight', inside)],
    ['lengths', () => torch.utils.data.random_split([1, 2], inside)],
    ['a size of a module', () => new torch.nn.Conv2d(1, 1, inside)],
    ['three deep', () => torch.nn.functional.dropout(torch.ones(2), [inside] as never)],
  ])('is refused inside of a list: %s', (_, run) => expect(run).toThrow(/too long for an argument/));

  it.each<[string, () => unknown]>([
    ['a seed', () => torch.manual_seed(inside)],
    ['a dtype', () => torch.tensor([1], { dtype: inside })],
    ['a subscript', () => torch.einsum(torch.ones(2), inside)],
    ['a dimension of a mask', () => torch.masked.sum(torch.ones(2), inside)],
    ['a byte order', () => torch.serialization.set_default_load_endianness(inside)],
    ['flags', () => torch.serialization.set_default_mmap_options(inside)],
  ])('is not written out by an error: %s', (_, run) => expect(message(run).length).toBeLessThan(10_000));

  it('is no value to draw, and no name of a precision', () => {
    expect(() => pyplot.plot(endless([1]))).toThrow('more than can be drawn');
    const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    torch.set_float32_matmul_precision(inside);
    expect(String(warnings.mock.calls[0]![0])).toMatch(/\.\.\.\]\] is not one of 'highest'/);
    warnings.mockRestore();
  });

  it('is cut off in a text, and so is a list in itself', () => {
    const ring: unknown[] = [];
    ring.push(ring, 1);
    const shown = (value: unknown) => {
      const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
      torch.set_float32_matmul_precision(value as 'high');
      const text = String(warnings.mock.calls[0]![0]);
      warnings.mockRestore();
      return text.replace(/ is not one of [\s\S]*/, '');
    };
    expect(shown(ring).length).toBeLessThan(10_000);
    expect(shown([endless([1]), 2])).toMatch(/^\[\[1, None, .*, \.\.\.\], \.\.\.\]$/);
    expect(shown([1, [2, 'a'], null])).toBe("[1, [2, 'a'], None]");
  });
});

describe('an argument that runs code when looked at', () => {
  it.each<[string, () => unknown, unknown]>([
    [
      'a tensor behind a Proxy',
      () =>
        torch
          .tensor([1, 2])
          .add(watched(torch.tensor([3, 4]), disturb))
          .tolist(),
      [4, 6],
    ],
    [
      'one of two',
      () => torch.where(torch.tensor([true]), watched(torch.tensor([3]), disturb), torch.tensor([1])).item(),
      3,
    ],
    ['named', () => torch.add(torch.ones(1), { other: watched(torch.tensor([3]), disturb) } as never).tolist(), [4]],
    [
      'an options object with getters',
      () =>
        torch
          .ones(2, 3)
          .sum(1, {
            get keepdim() {
              disturb();
              return true;
            },
          })
          .tolist(),
      [[3], [3]],
    ],
    [
      'a number that reads itself from a tensor',
      () =>
        torch
          .full([2], watched(new torch.Complex(1, 2), disturb) as never)
          .index(0)
          .tolist(),
      new torch.Complex(1, 2),
    ],
  ])('is read before the call: %s', (_, run, expected) => {
    expect(run()).toEqual(expected);
    expect(run()).toEqual(expected);
  });

  it('may fail inside of another that goes on', () => {
    const inner = watched(torch.tensor([3, 4]), () => {
      expect(() =>
        torch.cat(
          lazy<Tensor>([
            () => {
              throw new Error('inner');
            },
          ]),
        ),
      ).toThrow('inner');
      expect(() => torch.ones(2).index(0.5)).toThrow(RangeError);
    });
    expect(torch.tensor([1, 2]).add(inner).tolist()).toEqual([4, 6]);
  });
});

describe('tidy', () => {
  const live = () => torch.memory_stats().tensors;

  it('frees what it made before a collection too', () => {
    torch.gc();
    const before = live();
    torch.tidy(() => {
      const x = torch.ones(2);
      torch.gc();
      x.add(1);
      torch.gc();
    });
    expect(live()).toBe(before);
  });

  it('knows what each of two scopes made, and what survives', () => {
    torch.gc();
    const before = live();
    let kept: Tensor | undefined;
    const [a, b] = torch.tidy(() => {
      const outer = torch.ones(1);
      const inner = torch.tidy(() => {
        const first = torch.ones(2);
        torch.ones(3);
        kept = torch.keep(torch.ones(4));
        torch.gc();
        return first;
      });
      torch.gc();
      expect(live()).toBe(before + 3); // outer, inner, kept
      return [outer.add(1), inner] as const;
    });
    expect(live()).toBe(before + 3);
    expect([a.tolist(), b.tolist(), kept!.tolist()]).toEqual([[2], [1, 1], [1, 1, 1, 1]]);
  });

  it('frees more than the nursery holds', () => {
    torch.gc();
    const before = live();
    torch.tidy(() => {
      const held: Tensor[] = [];
      for (let i = 0; i < 70_000; i++) held.push(torch.ones(1));
      expect(held[0]!.item()).toBe(1);
    });
    expect(live()).toBe(before);
  });
});
