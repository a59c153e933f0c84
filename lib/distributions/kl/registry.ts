import { REQUIRED, Signature } from '../../arguments/signature';
import { NotImplementedError, warn } from '../../base/errors';
import type { Tensor } from '../../tensor/tensor';
import { Distribution, requireDistribution } from '../distribution';
import * as signatures from '../generated/distributions';
import type { Class } from '../lazy';

type Divergence<P, Q> = (p: P, q: Q) => Tensor;
type Pair = readonly [Class, Class];
interface Entry {
  readonly pair: Pair;
  readonly divergence: Divergence<Distribution, Distribution>;
}

const entries: Entry[] = [];
const found = new Map<Class, Map<Class, Entry | null>>();

function requireClass(type: unknown, name: string): void {
  if (typeof type === 'function' && isSubclass(type as Class, Distribution)) return;
  throw new TypeError(`Expected ${name} to be a Distribution subclass but got ${type}`);
}

const ofRegister = new Signature<{ type_p: Class; type_q: Class }>('register_kl', {
  type_p: REQUIRED,
  type_q: REQUIRED,
});

/**
 * `register_kl(P, Q)((p, q) => …)` says how to compute the divergence of a P from a Q. The function for the most
 * specific classes is used. https://docs.pytorch.org/docs/2.13/distributions.html#torch.distributions.kl.register_kl
 */
export function register_kl<P extends Distribution, Q extends Distribution>(
  ...args: [type_p: Class<P>, type_q: Class<Q>] | [args: { type_p: Class<P>; type_q: Class<Q> }]
): (divergence: Divergence<P, Q>) => Divergence<P, Q> {
  const { type_p, type_q } = ofRegister.read(args) as { type_p: Class<P>; type_q: Class<Q> };
  requireClass(type_p, 'type_p');
  requireClass(type_q, 'type_q');
  return (divergence) => {
    const pair = [type_p, type_q] as const;
    const known = entries.findIndex((entry) => entry.pair[0] === type_p && entry.pair[1] === type_q);
    const entry = { pair, divergence: divergence as Entry['divergence'] };
    if (known < 0) entries.push(entry);
    else entries[known] = entry;
    found.clear();
    return divergence;
  };
}

function isSubclass(type: Class, base: Class): boolean {
  return type === base || type.prototype instanceof base;
}

/** Whether the classes of one pair are at least as specific as another's, the first ones first. */
function atLeastAsSpecific(some: Pair, others: Pair): boolean {
  if (some[0] !== others[0]) return isSubclass(some[0], others[0]);
  return isSubclass(some[1], others[1]);
}

function mostSpecific(matches: readonly Entry[], ordered: (pair: Pair) => Pair): Entry {
  return matches.reduce((best, entry) => (atLeastAsSpecific(ordered(entry.pair), ordered(best.pair)) ? entry : best));
}

function search(type_p: Class, type_q: Class): Entry | null {
  const matches = entries.filter(({ pair }) => isSubclass(type_p, pair[0]) && isSubclass(type_q, pair[1]));
  if (matches.length === 0) return null;
  const left = mostSpecific(matches, (pair) => pair);
  const right = mostSpecific(matches, ([p, q]) => [q, p]);
  if (left.divergence !== right.divergence) {
    warn(
      `Ambiguous kl_divergence(${type_p.name}, ${type_q.name}). Please register_kl(${left.pair[0].name}, ${right.pair[1].name})`,
      'RuntimeWarning',
    );
  }
  return left;
}

function lookUp(type_p: Class, type_q: Class): Entry | null {
  let row = found.get(type_p);
  if (row === undefined) {
    row = new Map();
    found.set(type_p, row);
  }
  let entry = row.get(type_q);
  if (entry === undefined) {
    entry = search(type_p, type_q);
    row.set(type_q, entry);
  }
  return entry;
}

/**
 * The Kullback-Leibler divergence ∫ p log(p/q) of each distribution of a batch.
 * https://docs.pytorch.org/docs/2.13/distributions.html#torch.distributions.kl.kl_divergence
 * @throws NotImplementedError for a pair of classes that nothing is registered for
 */
export function kl_divergence(...args: signatures.KlDivergenceArgs): Tensor {
  const [p, q] = signatures.kl_divergence.list(args);
  requireDistribution('kl_divergence', 'p', p);
  requireDistribution('kl_divergence', 'q', q);
  const entry = lookUp(p.constructor as Class, q.constructor as Class);
  if (entry !== null) return entry.divergence(p, q);
  throw new NotImplementedError(
    `No KL(p || q) is implemented for p type ${p.constructor.name} and q type ${q.constructor.name}`,
  );
}
