/** Derivatives of functions, forwards. https://docs.pytorch.org/docs/2.13/generated/torch.func.jvp.html */

import { isTensor, requireFunction } from '../arguments/checks';
import { dual_level, make_dual, unpack_dual } from '../autograd/forward_ad';
import { TorchError } from '../base/errors';
import { typeName } from '../native/kinds';
import { callOperator } from '../operators/operator';
import type { Tensor } from '../tensor/tensor';
import { type Argnums, chosen, type Outcome, placesOf, replaced } from './argnums';
import * as signatures from './generated/func';
import { type AnyFunction, checkOutputs } from './grad';
import { withJvpLayer } from './layers';
import { flatten, sameSpec, specText, unflatten } from './tree';
import { unwrapAll, wrapAll } from './wrap';

const NAME = 'jvp(f, primals, tangents)';

/** How many of these are nested; the first enters the level of tangents that all of them share. */
let nesting = 0;

function checkTensors(leaves: readonly unknown[], role: string): asserts leaves is Tensor[] {
  if (leaves.length === 0) throw new TorchError(`${NAME}: Expected ${role} to contain at least one Tensor.`);
  for (const leaf of leaves) {
    if (isTensor(leaf)) continue;
    throw new TorchError(`${NAME}: Expected ${role} to only contain Tensors, got ${typeName(leaf)}`);
  }
}

function inLevel<Result>(body: () => Result): Result {
  nesting++;
  try {
    return nesting === 1 ? dual_level(body) : body();
  } finally {
    nesting--;
  }
}

/** A value and its tangent; zeros when it does not depend on the inputs. */
function parted(dual: Tensor, strict: boolean): [Tensor, Tensor] {
  const [primal, tangent] = unpack_dual(dual, { level: 0 });
  if (tangent !== null) return [primal, tangent];
  if (!strict) return [primal, callOperator('zeros_like', primal)];
  throw new TorchError(
    'jvp(f, primals, tangents, strict=True): The output of f is independent of the inputs. This is not allowed with strict=True.',
  );
}

export interface Jvp {
  readonly output: unknown;
  readonly tangent: unknown;
  readonly aux: unknown;
}

function dualsOf(primals: readonly unknown[], tangents: unknown): unknown[] {
  const [values, spec] = flatten(primals);
  const [vectors, vectorSpec] = flatten(tangents);
  if (!sameSpec(spec, vectorSpec)) {
    throw new TorchError(
      `${NAME}: Expected primals and tangents to have the same python structure. For example, if primals is a tuple of 3 tensors, tangents also must be. Got primals with structure ${specText(spec)} and tangents with structure ${specText(vectorSpec)}`,
    );
  }
  checkTensors(values, 'primals');
  checkTensors(vectors, 'tangents');
  return unflatten(
    values.map((value, i) => make_dual(value, vectors[i]!, { level: 0 })),
    spec,
  ) as unknown[];
}

/** jvp with respect to some arguments, or all of them. */
export function jvpOf(
  fn: AnyFunction,
  args: readonly unknown[],
  tangents: unknown,
  argnums: Argnums | null,
  { strict = false, has_aux = false }: signatures.JvpOptions<boolean>,
): Jvp {
  const places = argnums === null ? args.map((_, i) => i) : placesOf(argnums, args.length);
  return withJvpLayer((level) =>
    inLevel(() => {
      const duals = dualsOf(chosen(args, places), tangents);
      const all = argnums === null ? duals : replaced(wrapAll(args, level), places, duals);
      const result = fn(...(all as never[]));
      if (has_aux && !(Array.isArray(result) && result.length === 2)) {
        throw new TorchError(`${NAME}: output of function f should be a tuple: (output, aux) if has_aux is True`);
      }
      const [output, aux] = has_aux ? (result as [unknown, unknown]) : [result, null];
      const [leaves, spec] = flatten(output);
      checkOutputs(leaves, NAME);
      const parts = unwrapAll(
        leaves.flatMap((leaf) => parted(leaf, strict)),
        level,
      );
      const everySecond = (first: number) => parts.filter((_, i) => i % 2 === first);
      return {
        output: unflatten(everySecond(0), spec),
        tangent: unflatten(everySecond(1), spec),
        aux: has_aux ? unwrapAll(aux, level) : null,
      };
    }),
  );
}

/** The outputs and their tangents, with `has_aux` the other values too. */
type Product<Output, Flag, Aux> = Flag extends true ? [Output, Output, Aux] : [Output, Output];

/**
 * The outputs of `func` at `primals` and the product of its Jacobian with `tangents`.
 * https://docs.pytorch.org/docs/2.13/generated/torch.func.jvp.html
 */
export function jvp<Primals extends unknown[], Output, Flag extends boolean = false, Aux = unknown>(
  func: (...primals: Primals) => Outcome<Output, Flag, Aux>,
  primals: Readonly<Primals>,
  tangents: Readonly<Primals>,
  options?: signatures.JvpOptions<Flag>,
): Product<Output, Flag, Aux>;
export function jvp<Primals extends unknown[], Output, Flag extends boolean = false, Aux = unknown>(
  func: (...primals: Primals) => Outcome<Output, Flag, Aux>,
  primals: Readonly<Primals>,
  named: signatures.JvpOptions<Flag> & { tangents: Readonly<Primals> },
): Product<Output, Flag, Aux>;
export function jvp<Primals extends unknown[], Output, Flag extends boolean = false, Aux = unknown>(
  args: signatures.JvpOptions<Flag> & {
    func: (...primals: Primals) => Outcome<Output, Flag, Aux>;
    primals: Readonly<Primals>;
    tangents: Readonly<Primals>;
  },
): Product<Output, Flag, Aux>;
export function jvp(...args: unknown[]): unknown {
  const [func, primals, tangents, strict, has_aux] = signatures.jvp.list(args);
  requireFunction('jvp', 'func', func);
  if (!Array.isArray(primals)) {
    throw new TorchError(`${NAME}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals).`);
  }
  const { output, tangent, aux } = jvpOf(func, primals as readonly unknown[], tangents, null, { strict, has_aux });
  return has_aux ? [output, tangent, aux] : [output, tangent];
}
