/** The cases of golden/collectives.py: prints what each gives on this rank. */
import torch, { type Tensor } from 'tsorch';
import * as dist from 'tsorch/distributed';

const SIZE = 3;
const FLOATS = ['float32', 'float64', 'float16', 'bfloat16'] as const;
const INTEGERS = ['int8', 'uint8', 'int32', 'int64'] as const;
const OPS = ['SUM', 'AVG', 'PRODUCT', 'MIN', 'MAX'] as const;
const BITS = ['BAND', 'BOR', 'BXOR'] as const;
type Name = (typeof FLOATS)[number] | (typeof INTEGERS)[number] | 'bool' | 'complex64';

torch.set_num_threads(1);
dist.init_process_group('gloo', { timeout: 30 });
const rank = dist.get_rank();
const found: Record<string, unknown> = {};

function values(of: number, dtype: Name, count = 6): Tensor {
  const x = torch
    .arange(count)
    .mul(of + 2)
    .add(of)
    .remainder(5)
    .add(1);
  return x.to(torch[dtype]);
}

const listed = (x: Tensor): unknown => (x.is_complex() ? torch.view_as_real(x) : x).tolist();
const zeros = (count: number, length: number, dtype: Name = 'float32') =>
  Array.from({ length: count }, () => torch.zeros(length, { dtype: torch[dtype] }));
const thirds = (of: number): Tensor[] => [...values(of, 'float32').chunk(SIZE)];

function run(name: string, fn: () => unknown): void {
  try {
    found[name] = fn();
  } catch (error) {
    found[name] =
      error instanceof RangeError ? 'ValueError' : error instanceof torch.TorchError ? 'RuntimeError' : error;
  }
}

const allReduced = (op: (typeof OPS)[number] | (typeof BITS)[number], dtype: Name) => () => {
  const x = values(rank, dtype);
  dist.all_reduce(x, dist.ReduceOp[op]);
  return listed(x);
};

for (const dtype of [...FLOATS, ...INTEGERS]) {
  const isInteger = (INTEGERS as readonly string[]).includes(dtype);
  for (const op of [...OPS, ...(isInteger ? BITS : [])]) run(`all_reduce ${op} ${dtype}`, allReduced(op, dtype));
}
for (const op of ['SUM', 'AVG', 'MAX'] as const) run(`all_reduce ${op} complex64`, allReduced(op, 'complex64'));

for (const op of OPS) {
  run(`reduce ${op}`, () => {
    const x = values(rank, 'float32');
    dist.reduce(x, 1, dist.ReduceOp[op]);
    return rank === 1 ? listed(x) : null;
  });
  run(`reduce_scatter ${op}`, () => {
    const out = torch.zeros(2);
    dist.reduce_scatter(out, thirds(rank), dist.ReduceOp[op]);
    return listed(out);
  });
  run(`reduce_scatter_tensor ${op}`, () => {
    const out = torch.zeros(2);
    dist.reduce_scatter_tensor(out, values(rank, 'float32'), { op: dist.ReduceOp[op] });
    return listed(out);
  });
}

for (const dtype of [...FLOATS, ...INTEGERS, 'bool', 'complex64'] as const) {
  run(`broadcast ${dtype}`, () => {
    const x = values(rank, dtype);
    dist.broadcast(x, 2);
    return listed(x);
  });
  run(`all_gather ${dtype}`, () => {
    const outputs = zeros(SIZE, 6, dtype);
    dist.all_gather(outputs, values(rank, dtype));
    return outputs.map(listed);
  });
}

run('all_gather_into_tensor', () => {
  const out = torch.zeros(18);
  dist.all_gather_into_tensor(out, values(rank, 'float32'));
  return listed(out);
});
run('gather', () => {
  const outputs = rank === 1 ? zeros(SIZE, 6) : null;
  dist.gather(values(rank, 'float32'), outputs, { dst: 1 });
  return outputs?.map(listed) ?? null;
});
run('scatter', () => {
  const out = torch.zeros(2);
  dist.scatter(out, rank === 2 ? thirds(5) : null, { src: 2 });
  return listed(out);
});
run('all_to_all', () => {
  const outputs = zeros(SIZE, 2);
  dist.all_to_all(outputs, thirds(rank));
  return outputs.map(listed);
});
run('all_to_all_single', () => {
  const out = torch.zeros(6);
  dist.all_to_all_single(out, values(rank, 'float32'));
  return listed(out);
});
run('all_to_all_single splits', () => {
  const sends = [
    [1, 2, 3],
    [2, 2, 2],
    [3, 0, 1],
  ];
  const takes = sends.map((row) => row[rank]!);
  const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);
  const out = torch.zeros(sum(takes), 2);
  const x = values(rank, 'float32', 2 * sum(sends[rank]!)).reshape(-1, 2);
  dist.all_to_all_single(out, x, takes, sends[rank]!);
  return listed(out);
});
run('all_reduce transposed', () => {
  const x = values(rank, 'float32').reshape(2, 3).t();
  dist.all_reduce(x);
  return listed(x);
});
run('all_reduce_coalesced', () => {
  const xs = [values(rank, 'float32'), values(rank, 'float32', 2)];
  dist.all_reduce_coalesced(xs);
  return xs.map(listed);
});
run('batch_isend_irecv', () => {
  const x = torch.zeros(6);
  const works = dist.batch_isend_irecv([
    new dist.P2POp(dist.isend, values(rank, 'float32'), (rank + 1) % SIZE),
    new dist.P2POp(dist.irecv, x, (rank + SIZE - 1) % SIZE),
  ]);
  for (const work of works) work.wait();
  return listed(x);
});
run('recv from any', () => {
  if (rank === 1) dist.send(values(rank, 'int64'), 0, { tag: 7 });
  if (rank !== 0) return null;
  const x = torch.zeros(6, { dtype: torch.int64 });
  return [dist.recv(x, { tag: 7 }), ...(listed(x) as number[])];
});

const group = dist.new_group([2, 0]);
run('in a group', () => {
  const x = values(rank, 'float32');
  if (rank === 1) return [dist.get_rank(group), dist.get_world_size(group)];
  dist.broadcast(x, 2, group);
  const ranks = [dist.get_rank(group), dist.get_group_rank(group, 2), dist.get_global_rank(group, 0)];
  return [...ranks, ...(listed(x) as number[])];
});
run('objects', () => {
  const out: unknown[] = [null, null, null];
  dist.all_gather_object(out, { rank, list: [rank, null, 'é'], float: rank + 0.5 });
  const sent: unknown[] = rank === 1 ? [`from ${rank}`, rank] : [null, null];
  dist.broadcast_object_list(sent, 1);
  const got: unknown[] = [null];
  dist.scatter_object_list(got, rank === 0 ? [0, 1, 2].map((i) => ({ for: i })) : null, 0);
  const gathered = rank === 2 ? [null, null, null] : null;
  dist.gather_object([rank], gathered, 2);
  return [out, sent, got, gathered];
});

dist.barrier();
dist.destroy_process_group();
console.log(JSON.stringify(found));
