/** Numbers that would lead a kernel outside of memory are refused: PyTorch crashes, or reads what it finds. */
import torch, { type Tensor } from 'tsorch';

const FAR = 2n ** 40n;

/** Indices: whole numbers in one or two rows. */
const indices = (...rows: (bigint | number)[][]) => torch.tensor(rows.length === 1 ? rows[0]! : rows).to(torch.int64);
const ops = torch.ops.aten!;

describe('sparse tensors whose indices are wrong', () => {
  const eye = () => torch.eye(3).to_sparse();
  const coo = (index: bigint) => torch.sparse_coo_tensor(indices([index], [0n]), torch.ones(1), [2, 2]);
  const csr = (starts: bigint[], columns: bigint[]) =>
    torch.sparse_csr_tensor(indices(starts), indices(columns), torch.ones(columns.length), [2, 2]);

  it.each<[string, () => unknown]>([
    ['made so', () => coo(FAR).to_dense()],
    ['made so, negative', () => coo(-5n).to_dense()],
    [
      'made without a check',
      () => (ops._sparse_coo_tensor_unsafe!(indices([FAR], [0n]), torch.ones(1), [2, 2]) as Tensor).to_dense(),
    ],
    [
      'by a gradient',
      () => (ops.embedding_sparse_backward!(torch.ones(1, 2), indices([FAR]), 4, -1, false) as Tensor).to_dense(),
    ],
    ['in CSR columns', () => csr([0n, 1n, 2n], [FAR, 1n]).to_dense()],
    ['in CSR rows', () => csr([0n, FAR, 2n], [0n, 1n]).to_dense()],
    ['in CSR rows at the end', () => csr([0n, 1n, FAR], [0n, 1n]).matmul(torch.ones(2))],
    ['in a product', () => csr([0n, 1n, 2n], [FAR, 1n]).matmul(torch.ones(2, 2))],
    ['in a conversion', () => csr([0n, 1n, 2n], [FAR, 1n]).to_sparse_csc()],
    [
      'among blocks',
      () => torch.sparse_bsr_tensor(indices([0n, 1n]), indices([FAR]), torch.ones(1, 2, 2), [2, 2]).to_dense(),
    ],
  ])('%s are not followed', (_, call) => {
    expect(call).toThrow(/inconsistent with indices|negative index|compressed indices/);
  });

  it.each<[string, (x: Tensor) => unknown]>([
    ['to_dense', (x) => x.to_dense()],
    ['add', (x) => torch.ones(3, 3).add(x)],
    ['to_sparse_csr', (x) => x.to_sparse_csr()],
    ['sparse.sum', (x) => torch.sparse.sum(x, 0)],
    ['sparse.mm', (x) => torch.sparse.mm(x, x)],
    ['matmul', (x) => x.matmul(torch.ones(3, 3))],
    ['cat', (x) => torch.cat([x, x])],
  ])('changed afterwards are not followed by %s', (_, use) => {
    const x = eye();
    use(x);
    x._indices().fill_(Number(FAR));
    expect(() => use(x)).toThrow(
      'size is inconsistent with indices: for dim 0, size is 3 but found index 1099511627776',
    );
    x._indices().copy_(indices([0n, 1n, 2n], [0n, 1n, 2n]));
    use(x);
  });

  it('can be looked at and printed', () => {
    const x = eye();
    x._indices().fill_(Number(FAR));
    expect(x._nnz()).toBe(3);
    expect(String(x)).toContain('1099511627776');
  });

  it('changed in CSR are not followed either', () => {
    const x = torch.eye(3).to_sparse_csr();
    x.crow_indices().fill_(Number(FAR));
    expect(() => x.to_dense()).toThrow('compressed indices');
  });
});

describe('indices that a kernel would follow', () => {
  const far = indices([FAR]);
  const plane = torch.ones(1, 1, 2, 2);
  const places = (...shape: number[]) => torch.full(shape, Number(FAR), { dtype: torch.int64 });
  const log_probs = torch.ones(4, 1, 3).log_softmax(2);

  it.each<[string, () => unknown]>([
    [
      'ctc_loss',
      () => torch.nn.functional.ctc_loss(log_probs, indices([FAR, 1n]).view(1, 2), indices([4n]), indices([2n])),
    ],
    [
      'ctc_loss, negative',
      () => torch.nn.functional.ctc_loss(log_probs, indices([-5n, 1n]).view(1, 2), indices([4n]), indices([2n])),
    ],
    [
      'max_pool2d',
      () =>
        ops.max_pool2d_with_indices_backward!(
          plane,
          torch.ones(1, 1, 4, 4),
          [2, 2],
          [2, 2],
          [0, 0],
          [1, 1],
          false,
          places(1, 1, 2, 2),
        ),
    ],
    ['adaptive_max_pool2d', () => ops.adaptive_max_pool2d_backward!(plane, torch.ones(1, 1, 4, 4), places(1, 1, 2, 2))],
    [
      'adaptive_max_pool3d',
      () => ops.adaptive_max_pool3d_backward!(plane.unsqueeze(0), torch.ones(1, 1, 1, 4, 4), places(1, 1, 1, 2, 2)),
    ],
    [
      'embedding bag: rows',
      () =>
        ops._embedding_bag_dense_backward!(
          torch.ones(1, 2),
          far,
          indices([0n]),
          indices([1n]),
          indices([0n]),
          4,
          false,
          0,
          null,
        ),
    ],
    [
      'embedding bag: bags',
      () =>
        ops._embedding_bag_dense_backward!(
          torch.ones(1, 2),
          indices([0n]),
          far,
          indices([1n]),
          indices([0n]),
          4,
          false,
          0,
          null,
        ),
    ],
    [
      'embedding bag: weights',
      () =>
        ops._embedding_bag_per_sample_weights_backward!(
          torch.ones(1, 2),
          torch.ones(4, 2),
          far,
          indices([0n]),
          indices([0n]),
          0,
        ),
    ],
    ['rows of COO', () => ops._convert_indices_from_coo_to_csr!(indices([FAR, 0n]), 2)],
  ])('are checked: %s', (_, call) => {
    expect(call).toThrow(/index -?\d+ is out of bounds for size \d/);
  });

  it('are checked where segments and rows begin', () => {
    const data = torch.ones(4);
    expect(() => torch.segment_reduce(data, 'sum', { offsets: indices([0n, FAR]) })).toThrow('not pass 4');
    expect(() => torch.segment_reduce(data, 'sum', { lengths: far, unsafe: true })).toThrow('more than 4');
    expect(() => ops._convert_indices_from_csr_to_coo!(indices([0n, FAR, 2n]), indices([0n, 1n]))).toThrow(
      'not pass 2',
    );
    expect(torch.segment_reduce(data, 'sum', { lengths: indices([1n, 3n]) }).tolist()).toEqual([1, 3]);
  });

  it('are not asked of the padding of targets', () => {
    const targets = indices([1n, -100n]).view(1, 2);
    const loss = torch.nn.functional.ctc_loss(log_probs, targets, indices([4n]), indices([1n]));
    expect(loss.isfinite().item()).toBe(true);
  });
});

describe('arguments that kernels take to be as large as others', () => {
  const x = torch.ones(2, 3, 4);
  const one = torch.ones(1);

  it.each<[string, () => unknown, string]>([
    ['_stack', () => ops._stack!([]), 'stack expects a non-empty TensorList'],
    [
      'native_batch_norm',
      () => torch.native_batch_norm(x, one, one, one, one, true, 0.1, 1e-5),
      'weight should contain 3 elements not 1',
    ],
    [
      '_native_batch_norm_legit',
      () => ops._native_batch_norm_legit!.no_stats!(x, null, null, false, 0.1, 1e-5),
      'running_mean and running_var',
    ],
    ['reflection_pad2d_backward', () => ops.reflection_pad2d_backward!(x, x, []), 'padding must have 4 elements'],
    ['_foreach_copy', () => ops._foreach_copy!([], [x]), 'at least one tensor'],
    ['_weight_norm_interface', () => ops._weight_norm_interface!(torch.ones(3, 4), one, 0), 'expected 3 norms, got 1'],
    ['_foreach_copy.out', () => ops._foreach_copy!.out!([x], [x], { out: [] }), 'expected 1 tensors in out, got 0'],
    [
      '_softmax_backward_data',
      () => ops._softmax_backward_data!(torch.ones(3), one, 0, torch.float32),
      'expected a gradient of shape',
    ],
    [
      '_fused_sgd_',
      () =>
        ops._fused_sgd_!([torch.ones(9)], [torch.ones(9)], [one], {
          weight_decay: 0,
          momentum: 0.9,
          lr: 1,
          dampening: 0,
          nesterov: false,
          maximize: false,
          is_first_step: false,
        }),
      'momentum_buffer_list must fit the parameters',
    ],
  ])('torch.ops: %s', (_, call, message) => {
    expect(call).toThrow(message);
  });
});

describe('dimensions that were expanded', () => {
  const x = torch.tensor([
    [1, 2],
    [3, 4],
  ]);

  test.each([
    ['median', (y: Tensor, dim: number) => y.median(dim)],
    ['nanmedian', (y: Tensor, dim: number) => y.nanmedian(dim)],
  ] as const)('%s reads the elements that are there', (_, median) => {
    const expanded = x.expand(3, 2, 2);
    for (let dim = 0; dim < 3; dim++) {
      const [values, indices] = median(expanded, dim);
      const [expected, places] = median(expanded.contiguous(), dim);
      expect([values.tolist(), indices.tolist()]).toEqual([expected.tolist(), places.tolist()]);
    }
    const out: [Tensor, Tensor] = [torch.empty(2, 2), torch.empty(2, 2, { dtype: torch.int64 })];
    expect(torch.nanmedian(expanded, 0, { out })[0].tolist()).toEqual(x.tolist());
  });
});
