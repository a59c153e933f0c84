/**
 * `torch.ops`: every operator of the loaded libtorch, by namespace and name, called through its schema.
 * `torch.ops.aten.add(x, y)` picks the overload that fits, `torch.ops.aten.add.Tensor(x, y)` names it.
 */
import { native } from '../native/addon';
import { call } from '../native/frame';
import { functionOf } from '../operators/functions';
import { operatorOf } from '../operators/operator';
import { Overloads } from '../operators/overloads';
import { packetNames } from '../operators/packets';
import type { SignatureEntry } from '../operators/signature';

type Callable = (...args: unknown[]) => unknown;

/** An operator: callable, with its overloads as properties. */
export type OperatorPacket = Callable & {
  readonly [overload: string]: Callable;
};

/** The overloads of each operator that the dispatcher knows, "aten::add" → ["Tensor", "Scalar", …]. */
let overloadNames: Map<string, string[]> | undefined;

function overloadsOf(name: string): string[] {
  if (overloadNames === undefined) {
    overloadNames = new Map();
    for (const qualified of call(native.operator_names)) {
      const dot = qualified.indexOf('.');
      const base = dot < 0 ? qualified : qualified.slice(0, dot);
      const names = overloadNames.get(base) ?? [];
      names.push(dot < 0 ? '' : qualified.slice(dot + 1));
      overloadNames.set(base, names);
    }
  }
  return overloadNames.get(name) ?? [];
}

/** A schema in the form of the tables: "aten::add_.Tensor(Tensor(a!) self, …) -> …" → "add_(Tensor self, …)". */
export function entryOf(qualified: string, schema: string): SignatureEntry {
  const open = schema.indexOf('(');
  let depth = 0;
  let close = open;
  for (; close < schema.length; close++) {
    if (schema[close] === '(') depth++;
    else if (schema[close] === ')' && --depth === 0) break;
  }
  const base = /^(?:\w+::)?(\w+)/.exec(schema)![1]!;
  const parameters = schema
    .slice(open + 1, close)
    .replace(/\((?:[a-z]|\*)+!?(?:\s*->\s*[^)]*)?\)/g, '') // aliasing
    .replace(/\bSymInt\b/g, 'int')
    .replace(/\bnumber\b/g, 'Scalar');
  return [`${base}(${parameters})`, qualified.replace(/^aten::/, '')];
}

function callableOf(qualified: string, overloads: readonly string[]): Callable {
  const entries = overloads.map((overload) => {
    const name = overload === '' ? qualified : `${qualified}.${overload}`;
    return entryOf(name, operatorOf(name).schema);
  });
  return functionOf(new Overloads(qualified, entries, false));
}

/** @throws TypeError when the loaded libtorch has no such operator */
function packetOf(qualified: string): OperatorPacket {
  const overloads = overloadsOf(qualified);
  if (overloads.length === 0) throw new TypeError(`'${qualified}' is not an operator of the loaded libtorch`);
  const packet = callableOf(qualified, overloads);
  const named = overloads.map((overload) => [
    overload === '' ? 'default' : overload,
    { get: () => callableOf(qualified, [overload]), enumerable: true },
  ]);
  packetNames.set(packet, qualified);
  return Object.defineProperties(packet, Object.fromEntries(named)) as OperatorPacket;
}

export type OperatorNamespace = { readonly [name: string]: OperatorPacket };

/** An object whose properties are made when they are first asked for. */
function lazily<Value>(make: (name: string) => Value): { readonly [name: string]: Value } {
  const made = new Map<string, Value>();
  return new Proxy({} as { readonly [name: string]: Value }, {
    get(_, name) {
      if (typeof name === 'symbol' || name === 'then' || name === 'toJSON') return undefined;
      const value = made.get(name) ?? make(name);
      made.set(name, value);
      return value;
    },
  });
}

/**
 * Every operator of the loaded libtorch by its name: `torch.ops.aten.add.Tensor(x, y)`.
 * https://docs.pytorch.org/docs/2.13/library.html
 */
export const ops = lazily<OperatorNamespace>((namespace) => lazily((name) => packetOf(`${namespace}::${name}`)));
