/** Choosing the arguments that a derivative is taken of. */
import { TorchError } from '../base/errors';
import { typeName } from '../native/kinds';

/** The place of an argument, or of several; negative ones count from the end. */
export type Argnums = number | readonly number[];

/** Something for one argument, or a list for several. */
export type ForEach<Nums, Value> = Nums extends number ? Value : Value[];

/** What a function returns: its output, with `has_aux` other values too. */
export type Outcome<Output, Flag, Aux> = Flag extends true ? readonly [Output, Aux] : Output;

/** What a transform of it returns. */
export type WithAux<Result, Flag, Aux> = Flag extends true ? [Result, Aux] : Result;

function place(argnum: unknown, count: number): number {
  if (typeof argnum !== 'number') throw new TorchError(`argnum must be int, got: ${typeName(argnum)}`);
  if (argnum >= -count && argnum < count) return argnum < 0 ? argnum + count : argnum;
  throw new TorchError(`Got argnum=${argnum}, but only ${count} positional inputs`);
}

/** The places, from 0, of the arguments meant. */
export function placesOf(argnums: Argnums, count: number): number[] {
  if (typeof argnums === 'number') return [place(argnums, count)];
  if (!Array.isArray(argnums)) {
    throw new TorchError(`argnums must be int or Tuple[int, ...], got: ${typeName(argnums)}`);
  }
  const places = argnums.map((argnum) => place(argnum, count));
  if (argnums.length === 0) throw new TorchError('argnums must be non-empty');
  if (new Set(argnums).size !== argnums.length) {
    throw new TorchError(`argnums elements must be unique, got (${argnums.join(', ')})`);
  }
  return places;
}

/** The arguments at the places, as a list. */
export function chosen(args: readonly unknown[], places: readonly number[]): unknown[] {
  return places.map((i) => args[i]);
}

/** The arguments with others at the places. */
export function replaced(args: readonly unknown[], places: readonly number[], values: readonly unknown[]): unknown[] {
  return args.map((arg, i) => (places.includes(i) ? values[places.indexOf(i)] : arg));
}

/** One value for a single argnum, the list for several. */
export function shaped(argnums: Argnums, values: readonly unknown[]): unknown {
  return typeof argnums === 'number' ? values[0] : values;
}
