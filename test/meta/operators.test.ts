/** Operators on the meta device: dtypes, sizes, strides and gradients are PyTorch's. golden/operators.py made the cases. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import torch, { type Tensor } from 'tsorch';
import { elsewhere } from './elsewhere';

/** dtype, sizes, strides, requires_grad */
type Facts = readonly [string, readonly number[], readonly number[], boolean];

interface Case {
  call: string;
  form: 'function' | 'method';
  args: unknown[];
  kwargs: Record<string, unknown>;
  results: Facts[];
  grads?: (Facts | null)[];
}

const file = join(__dirname, '../../../test/meta/golden/operators.json');
const cases = JSON.parse(readFileSync(file, 'utf8')) as Case[];
const calls = [...new Set(cases.map((each) => each.call))];

/** A value of the golden file; its tensors are put into `inputs`. */
function decode(value: unknown, inputs: Tensor[]): unknown {
  if (Array.isArray(value)) return value.map((each) => decode(each, inputs));
  if (value === null || typeof value !== 'object') return value;
  const marked = value as { tensor?: [string, number[], boolean]; dtype?: string; complex?: [number, number] };
  if (marked.dtype !== undefined && typeof marked.dtype === 'string') return Reflect.get(torch, marked.dtype);
  if (marked.complex !== undefined) return new torch.Complex(...marked.complex);
  if (marked.tensor !== undefined) {
    const [dtype, sizes, requires_grad] = marked.tensor;
    const made = torch.empty(sizes, { dtype: Reflect.get(torch, dtype), device: 'meta', requires_grad });
    inputs.push(made);
    return made;
  }
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, decode(each, inputs)]));
}

function tensorsIn(value: unknown): Tensor[] {
  if (value instanceof torch.Tensor) return [value];
  if (Array.isArray(value)) return value.flatMap(tensorsIn);
  return [];
}

function factsOf(tensor: Tensor): Facts {
  return [String(tensor.dtype).slice('torch.'.length), tensor.shape, tensor.stride(), tensor.requires_grad];
}

/** Strides mean nothing where there are no elements, or one in that dimension. */
function comparable(facts: Facts | null, name: string): unknown {
  if (facts === null) return null;
  const [dtype, sizes, strides, requires_grad] = facts;
  const compared = !sizes.includes(0) && !elsewhere.has(name);
  const significant = strides.filter((_, i) => compared && sizes[i] !== 1);
  return [dtype, [...sizes], significant, requires_grad];
}

function run(one: Case, inputs: Tensor[]): Tensor[] {
  const args = decode(one.args, inputs) as unknown[];
  const kwargs = decode(one.kwargs, inputs) as object;
  const all = Object.keys(kwargs).length > 0 ? [...args, kwargs] : args;
  const path = one.call.split('.');
  const name = path.pop() as string;
  const owner = path.reduce((value: object, part) => Reflect.get(value, part), torch);
  const [object, rest] = one.form === 'method' ? [all[0] as object, all.slice(1)] : [owner, all];
  return tensorsIn(Reflect.get(object, name).apply(object, rest));
}

test.each(calls)('%s', (name) => {
  for (const one of cases.filter((each) => each.call === name)) {
    const inputs: Tensor[] = [];
    const results = run(one, inputs);
    expect(results.every((each) => each.is_meta)).toBe(true);
    const found = results.map((each) => comparable(factsOf(each), name));
    expect({ args: one.args, kwargs: one.kwargs, found }).toEqual({
      args: one.args,
      kwargs: one.kwargs,
      found: one.results.map((each) => comparable(each, name)),
    });
    if (one.grads === undefined) continue;
    const outputs = results.filter((each) => each.requires_grad && each.numel() > 0);
    const grads = torch.autograd.grad(
      outputs,
      inputs.filter((each) => each.requires_grad),
      { grad_outputs: outputs.map((each) => torch.empty_like(each)), allow_unused: true },
    );
    expect(grads.map((each) => (each === null ? null : comparable(factsOf(each), name)))).toEqual(
      one.grads.map((each) => comparable(each, name)),
    );
  }
});
