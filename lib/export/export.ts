/** torch.export.export: a module as a program. */
import { isTensor } from '../arguments/checks';
import { REQUIRED, Signature } from '../arguments/signature';
import { graphOfCall } from '../jit/lowered';
import { argumentNames } from '../jit/parameters';
import { isModule, type Module } from '../nn/modules/module';
import type { Tensor } from '../tensor/tensor';
import { ExportError } from './errors';
import { programOf } from './load';
import type { ExportedProgram } from './program';
import { Tree } from './tree';
import {
  type DynamicShape,
  type DynamicShapes,
  exampleAt,
  type Free,
  freeSizes,
  pointsOf,
  shapesOf,
} from './write/dynamic';
import { Formulas, type Point } from './write/formula';
import { keeping } from './write/keep';
import { type Sample, writeModel } from './write/model';
import { play } from './write/tape';

/** What exporting takes beside the arguments. */
export interface ExportSettings {
  /** Which sizes may change, for each argument in order or by name: `{ x: { 0: new Dim('batch') } }`. */
  dynamic_shapes?: readonly DynamicShapes[] | { readonly [name: string]: DynamicShapes } | null;
  /** Only false: nothing reads the text of JavaScript. */
  strict?: boolean;
}

export interface ExportOptions extends ExportSettings {
  /** Arguments by name. */
  kwargs?: Readonly<Record<string, unknown>> | null;
}

interface ExportArguments extends Required<ExportOptions> {
  mod: Module;
  args: readonly unknown[];
}

// By hand: PyTorch's has parameters for its tracer.
const signature = new Signature<ExportArguments>(
  'export',
  { mod: REQUIRED, args: REQUIRED, kwargs: null, dynamic_shapes: null, strict: false },
  2,
  {},
  ['kwargs'],
);

/** What a module is called with. */
interface Request {
  readonly module: Module;
  readonly structure: Tree;
  readonly leaves: readonly unknown[];
  readonly tensors: readonly Tensor[];
}

/**
 * Makes a program of a module: what it does with the arguments is written down as operators, with its parameters and
 * buffers under their names, which it shares. Branches and loops of JavaScript are decided, numbers are constants. Sizes
 * may change where `dynamic_shapes` says so: the module is run with others too, and numbers that come from sizes are
 * computed by the program. What it does in place stays so, as in Python. The module, its buffers and the arguments are
 * afterwards what they were before.
 * https://docs.pytorch.org/docs/2.13/user_guide/torch_compiler/export/api_reference.html#torch.export.export
 * @throws ExportError that names what a program cannot have, and where in the module it is
 */
function export_(
  mod: Module,
  args: readonly unknown[],
  kwargs?: Readonly<Record<string, unknown>> | null,
  options?: ExportSettings,
): ExportedProgram;
function export_(mod: Module, args: readonly unknown[], options?: ExportOptions): ExportedProgram;
function export_(...given: unknown[]): ExportedProgram {
  const { mod, args, kwargs, dynamic_shapes, strict } = signature.read(given);
  if (!isModule(mod)) {
    throw new TypeError(`Expected \`mod\` to be an instance of \`torch.nn.Module\`, got ${typeof mod}.`);
  }
  if (!Array.isArray(args)) throw new TypeError('Expecting `args` to be a tuple of example positional inputs');
  if (strict) throw new ExportError("strict=true reads Python's bytecode: the module is run with its arguments here");
  const structure = Tree.of([args, kwargs ?? {}]);
  const leaves = structure.flatten([args, kwargs ?? {}], 'the arguments');
  const request: Request = { module: mod, structure, leaves, tensors: leaves.filter(isTensor) };
  const names = leafNames(request);
  const tensorNames = names.filter((_, i) => isTensor(leaves[i]));
  const free = freeSizes(request.tensors, shapesOfAll(request, dynamic_shapes, names), tensorNames);
  return keeping(mod, () => program(request, settled(request, free), names));
}

export { export_ as export };

/** Near values show what most numbers follow from; windows that move with a step need more of them. */
const FEW = 3;
const MANY = 16;

function program(request: Request, free: readonly Free[], names: readonly string[]): ExportedProgram {
  const from = (count: number): ExportedProgram => {
    const points = pointsOf(free, count);
    const samples = points.map((point) => sampleAt(request, free, point));
    checkSame(samples, free);
    const { structure, module, leaves } = request;
    const written = writeModel({ module, structure, leaves, names, free, samples, formulas: new Formulas(points) });
    return programOf(
      written.text,
      written.tensors,
      () => structure.unflatten(leaves) as [unknown[], Record<string, unknown>],
    );
  };
  try {
    return from(FEW);
  } catch (error) {
    if (free.length === 0 || !(error instanceof ExportError)) throw error;
    return from(MANY);
  }
}

// ---- names

/** `x`, `cache_k`, `state_0`: of each leaf, as Python names it. */
function leafNames({ module, structure }: Request): string[] {
  const [positional, keywords] = structure.children as [Tree, Tree];
  const own = argumentNames(module.forward, positional.children.length);
  const name = (tree: Tree, path: string): string[] =>
    tree.isLeaf ? [path] : tree.children.flatMap((child, i) => name(child, `${path}_${tree.keys?.[i] ?? i}`));
  return [
    ...positional.children.flatMap((child, i) => name(child, own[i] ?? `args_${i}`)),
    ...keywords.children.flatMap((child, i) => name(child, keywords.keys![i]!)),
  ];
}

/** What is said of each tensor among the leaves. */
function shapesOfAll(
  { module, structure, leaves }: Request,
  shapes: (ExportOptions['dynamic_shapes'] & {}) | null,
  names: readonly string[],
): DynamicShape[] {
  const [positional, keywords] = structure.children as [Tree, Tree];
  const count = positional.children.length;
  const found = argumentNames(module.forward, count);
  const own = [...(found.length === count ? found : names), ...(keywords.keys ?? [])];
  const all = Tree.dict(own.slice(0, count + keywords.children.length), [...positional.children, ...keywords.children]);
  const listed = Array.isArray(shapes) ? Object.fromEntries(own.map((name, i) => [name, shapes[i] ?? null])) : shapes;
  const each = shapesOf(all, leaves, listed as DynamicShapes, 'dynamic_shapes');
  return each.filter((_, i) => isTensor(leaves[i]));
}

// ---- running the module

/** What the module does at a point. */
function sampleAt({ module, structure, leaves, tensors }: Request, free: readonly Free[], point: Point): Sample {
  const example = exampleAt(tensors, free, point);
  let result: unknown;
  const run = (given: readonly Tensor[]): readonly Tensor[] => {
    const next = given[Symbol.iterator]();
    const filled = leaves.map((leaf) => (isTensor(leaf) ? next.next().value : leaf));
    const [args, kwargs] = structure.unflatten(filled) as [unknown[], object];
    const all = Object.keys(kwargs).length === 0 ? args : [...args, kwargs];
    result = (module as unknown as (...args: unknown[]) => unknown)(...all);
    return resultsOf(result).filter(isTensor);
  };
  const graph = graphOfCall(module, example, run, (what, place) => {
    if (what === 'size') return; // settled by the other points
    throw new ExportError(`the value of a tensor became a ${what} of JavaScript at ${place}: a program has none of it`);
  });
  const tape = play(graph, exampleAt(tensors, free, point));
  return { tape, structure: Tree.of(result), results: resultsOf(result) };
}

function resultsOf(result: unknown): unknown[] {
  return Tree.of(result).flatten(result, 'the result');
}

/** @throws ExportError when the module does something else for other sizes */
function checkSame([first, ...others]: readonly Sample[], free: readonly Free[]): void {
  const labels = free.map(({ label }) => label).join(', ');
  for (const { tape, results } of others) {
    const calls = first!.tape.calls;
    const at = calls.findIndex(({ operator }, i) => operator !== tape.calls[i]?.operator);
    if (at < 0 && calls.length === tape.calls.length && results.length === first!.results.length) continue;
    const { node } = calls[Math.max(at, 0)] ?? { node: null };
    throw new ExportError(
      `the module does something else for other sizes (${labels})${node === null ? '' : `, from ${node.kind} on`}`,
    );
  }
}

/** The sizes as they are after a try: those of a hint that do not change alone may change together, or not at all. */
function settled(request: Request, free: readonly Free[]): Free[] {
  const hints = free.filter(({ type }) => type !== 'named');
  if (hints.length === 0) return [...free];
  const base = sampleAt(request, free, pointsOf(free, 0)[0]!);
  const changes = (each: Free): boolean => {
    const [, point] = pointsOf([each], 1);
    if (point === undefined) return false;
    try {
      checkSame([base, sampleAt(request, [each], point)], [each]);
      return true;
    } catch (error) {
      if (error instanceof TypeError) throw error;
      return false;
    }
  };
  const alone = hints.filter(changes);
  const rest = hints.filter((each) => !alone.includes(each));
  const together = [...new Set(rest.map(({ hint }) => hint))].flatMap((hint) => {
    const same = rest.filter((each) => each.hint === hint);
    const merged: Free = { ...same[0]!, places: same.flatMap(({ places }) => places) };
    return same.length > 1 && changes(merged) ? [merged] : [];
  });
  const fixed = rest.find(
    ({ type, places }) => type === 'DYNAMIC' && !together.some((each) => each.places.includes(places[0]!)),
  );
  if (fixed !== undefined)
    throw new ExportError(`the module does not let ${fixed.label} change, which is said to be DYNAMIC`);
  return [...free.filter(({ type }) => type === 'named'), ...alone, ...together];
}
