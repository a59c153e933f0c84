/** No call leaves a tensor whose elements lie outside of its storage, and a failed one moves none. */
import torch, { type Tensor } from 'tsorch';

/** Where the elements lie. */
const placement = (x: Tensor) => ({
  shape: x.shape,
  stride: x.stride(),
  address: x.data_ptr(),
});

/** A tensor whose storage cannot grow while the array lives. */
function lent(...shape: number[]) {
  const x = torch.ones(shape);
  return { x, array: x.typed_array() };
}

/** Calls, which must fail, and looks where the tensors lie before and after. */
function expectUnmoved(tensors: Tensor[], call: () => unknown, message?: string | RegExp) {
  const before = tensors.map(placement);
  expect(call).toThrow(message);
  expect(tensors.map(placement)).toEqual(before);
}

/** A number of 64 bits, for which the types have no place. */
const huge = (value: bigint) => value as unknown as number;
const HUGE = huge(2n ** 62n);

type Pair = readonly [Tensor, Tensor];

describe('outputs that cannot grow', () => {
  const square = torch.eye(8);
  const calls: Record<string, (out: Pair) => unknown> = {
    add: ([out]) => torch.add(square, 1, { out }),
    sort: (out) => torch.sort(torch.ones(64), { out }),
    topk: (out) => torch.topk(torch.ones(64), 32, { out }),
    max: (out) => torch.max(square, 1, { out }),
    mode: (out) => torch.mode(square, 1, { out }),
    kthvalue: (out) => torch.kthvalue(square, 1, 1, { out }),
    median: (out) => torch.median(square, 1, { out }),
    cummax: (out) => torch.cummax(torch.ones(64), 0, { out }),
    aminmax: (out) => torch.aminmax(square, { dim: 1, out }),
    frexp: (out) => torch.frexp(square, { out }),
    qr: (out) => torch.linalg.qr(square, { out }),
    svd: (out) => torch.linalg.svd(square, { out: [...out, torch.empty(0)] }),
    eigh: (out) => torch.linalg.eigh(square, { out: [out[1], out[0]] }),
    slogdet: (out) => torch.linalg.slogdet(square.expand(8, 8, 8), { out }),
  };

  it.each(Object.entries(calls))('torch.%s leaves them as they were', (name, call) => {
    const { x, array } = lent(4);
    const indices = /sort|topk|max$|mode|kth|median/.test(name) && name !== 'aminmax';
    const second = torch.empty(0, { dtype: name === 'frexp' ? torch.int32 : indices ? torch.int64 : torch.float32 });
    expectUnmoved([x, second], () => call([x, second]), 'Trying to resize storage that is not resizable');
    expect([...array]).toEqual([1, 1, 1, 1]);
  });
});

describe('set_', () => {
  it('of another dtype is refused, over lent memory too', () => {
    const bytes = torch.ones(64, { dtype: torch.uint8 });
    const array = bytes.typed_array();
    const x = torch.zeros(1, { dtype: torch.complex128 });
    expectUnmoved([x], () => x.set_(bytes), 'Could not set tensor of type unsigned char');
    expect(array.length).toBe(64);
  });

  it('cannot make lent memory grow', () => {
    const { x: source, array } = lent(4);
    const x = torch.zeros(2);
    expectUnmoved([x, source], () => x.set_(source, 0, [5], [1]), 'not resizable');
    expectUnmoved([x, source], () => x.set_(source, 4, [1], [1]), 'not resizable');
    expect(array.length).toBe(4);
  });

  it.each([
    ['more than there is', 0, [2 ** 45], [1]],
    ['a size that overflows', 0, [HUGE], [1]],
    ['a stride that overflows', 0, [2], [HUGE]],
    ['an offset that overflows', HUGE, [1], [1]],
    ['an offset and a stride whose sum overflows', 5000, [2], [huge(2n ** 62n - 5001n)]],
    ['a negative stride', 0, [2], [-1]],
    ['a negative offset', -1, [2], [1]],
    ['a negative size', 0, [-2], [1]],
    ['too few strides', 0, [2, 2], [1]],
  ])('with %s leaves the tensor where it was', (_, offset, size, stride) => {
    const x = torch.zeros(1);
    expectUnmoved([x], () => x.set_(torch.ones(4), offset, size, stride));
    expect(x.tolist()).toEqual([0]);
  });

  it('still grows a storage that may', () => {
    const x = torch.zeros(1);
    const source = torch.ones(4);
    x.set_(source, 2, [3], [2]);
    expect([x.shape, x.stride(), x.storage_offset()]).toEqual([[3], [2], 2]);
    x.fill_(5);
    expect(source.tolist()).toEqual([1, 1, 5, 1]);
  });
});

describe('as_strided', () => {
  it.each([
    ['a sum that overflows', [2], [huge(2n ** 62n - 5001n)], 5000],
    ['a stride that overflows', [2], [HUGE], 0],
    ['an offset that overflows', [1], [1], HUGE],
    ['an offset outside', [1], [1], 4],
    ['elements outside', [3], [2], 0],
    ['a negative stride', [2], [-1], 2],
    ['a negative offset', [1], [1], -1],
  ])('with %s is refused, in place and otherwise', (_, size, stride, offset) => {
    const x = torch.ones(4);
    const source = torch.ones(size.map(Number));
    expectUnmoved([x], () => x.as_strided_(size, stride, offset));
    expectUnmoved([x], () => x.as_strided(size, stride, offset));
    expectUnmoved([x], () => torch.as_strided_copy(x, size, stride, offset));
    expectUnmoved([x], () => torch.as_strided_scatter(x, source, size, stride, offset));
    expectUnmoved([x], () => torch.func.vmap((row: Tensor) => row.as_strided(size, stride, offset))(x.expand(3, 4)));
    expectUnmoved([x], () => torch.func.grad((w: Tensor) => w.as_strided(size, stride, offset).sum())(x));
  });

  it('takes what lies inside, also when nothing is left', () => {
    const x = torch.arange(4);
    expect(x.as_strided([2, 2], [1, 2], 0).tolist()).toEqual([
      [0, 2],
      [1, 3],
    ]);
    expect(x.as_strided([0], [HUGE], 1000).shape).toEqual([0]);
    expect(x.as_strided_([2], [2], 1).tolist()).toEqual([1, 3]);
  });
});

describe('what addresses memory without a check of libtorch', () => {
  const { aten, inductor } = torch.ops;
  const x = torch.ones(4);

  it.each<[string, () => unknown]>([
    ['_reshape_alias', () => aten!._reshape_alias!(x, [100], [1])],
    ['_reshape_alias_copy', () => aten!._reshape_alias_copy!(x, [100], [1])],
    ['_reinterpret_tensor', () => inductor!._reinterpret_tensor!(x, [4], [1], 1)],
    ['_alloc_from_pool', () => inductor!._alloc_from_pool!(x, 4, torch.float32, [4], [1])],
  ])('torch.ops: %s stays inside', (_, call) => {
    expect(call).toThrow('are out of bounds for storage of size 16');
  });
});
