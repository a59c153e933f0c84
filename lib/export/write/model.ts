/** A program's model.json: the graph, what its inputs and outputs are, and the ranges of its sizes. */
import { isTensor } from '../../arguments/checks';
import { argumentNames } from '../../jit/parameters';
import { native } from '../../native/addon';
import { call } from '../../native/frame';
import type { Module } from '../../nn/modules/module';
import type { Tensor } from '../../tensor/tensor';
import { ExportError } from '../errors';
import { SCHEMA } from '../layout';
import type { Tree } from '../tree';
import { constantJson, type Tagged } from './arguments';
import { type Free, type Place, rootOf, sizesOf, symbolName } from './dynamic';
import type { Formulas } from './formula';
import { heldBy, inputSpec, prefixes } from './held';
import { type JsonValue, jsonText } from './json_text';
import type { Operand, Tape } from './tape';
import { GraphWriter } from './writer';

/** What a module did with the sizes of one point. */
export interface Sample {
  readonly tape: Tape;
  /** The structure of its result, and the leaves: tensors are those of the trace. */
  readonly structure: Tree;
  readonly results: readonly unknown[];
}

export interface ModelParts {
  readonly module: Module;
  readonly structure: Tree;
  readonly leaves: readonly unknown[];
  readonly names: readonly string[];
  readonly free: readonly Free[];
  readonly samples: readonly Sample[];
  readonly formulas: Formulas;
}

/** The version of PyTorch's operators that its files name. */
const OPSET = 10;

interface Written {
  readonly text: string;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** @throws ExportError where a tensor that JavaScript made is another one for other sizes */
function checkMade([first, ...others]: readonly Sample[]): void {
  for (const [id, tensor] of first!.tape.made) {
    const same = others.every(({ tape }) => {
      const other = tape.made.get(id);
      return other !== undefined && String(other.shape) === String(tensor.shape) && other.equal(tensor);
    });
    if (!same)
      throw new ExportError(
        'a tensor that JavaScript made while the module ran changes with the sizes: make it with an operator, of a size',
      );
  }
}

export function writeModel(parts: ModelParts): Written {
  const { module, samples, free, leaves, names } = parts;
  checkMade(samples);
  const tapes = samples.map(({ tape }) => tape);
  const [tape] = tapes as [Tape];
  const places = leaves.flatMap((leaf, i) => (isTensor(leaf) ? [i] : []));
  const hints = new Map(free.map(({ hint }, i) => [symbolName(i), hint]));
  const paths = new Map(module.named_modules().map(([path, each]) => [path, `torch.nn.Module.${each._get_name()}`]));
  const writer = new GraphWriter(
    tapes,
    parts.formulas,
    hints,
    module._get_name(),
    (path) => paths.get(path) ?? 'torch.nn.Module',
  );

  const held = heldBy(module, tape);
  const ids = new Map<Tensor, number>([...tape.held, ...tape.made].map(([id, tensor]) => [tensor, id]));
  const heldNames = held.map(({ kind, target, tensor }) => {
    const wish = `${prefixes[kind]}_${target}`;
    const id = ids.get(tensor);
    if (id === undefined || tape.made.has(id)) return writer.declare(tensor, wish);
    ids.delete(tensor); // a second name of it is one that no operator takes
    return writer.define(id, wish);
  });
  const userNames = leaves.map((leaf, i) => {
    if (!isTensor(leaf)) return writer.unique(names[i]!);
    const id = places.indexOf(i);
    return writer.define(id, names[i]!, sizesOf(leaf, id, free));
  });
  free.forEach(({ places: all }, i) => void writer.addRoot(symbolName(i), rootOf(all)!));

  for (const [id, tensor] of tape.made) {
    writer.copyOf(id, heldNames[held.findIndex((each) => each.tensor === tensor)]!);
  }
  tape.calls.forEach((_, at) => void writer.add(at));
  const outputs = outputsOf(samples, writer);

  const userInputs = leaves.map((leaf, i): Tagged => {
    return isTensor(leaf) ? { as_tensor: { name: userNames[i]! } } : constantJson(leaf, isFloat(leaf), 'Scalar');
  });
  const model: JsonValue = {
    graph_module: {
      graph: {
        inputs: [...heldNames.map((name) => ({ as_tensor: { name } })), ...userInputs],
        outputs,
        nodes: writer.nodes,
        tensor_values: writer.tensors,
        sym_int_values: writer.sizes,
        sym_bool_values: {},
        is_single_tensor_return: false,
        custom_obj_values: {},
        sym_float_values: {},
      },
      signature: {
        input_specs: [
          ...held.map((each, i) => inputSpec(each, heldNames[i]!)),
          ...userInputs.map((arg, i): JsonValue => {
            return 'as_tensor' in arg
              ? { user_input: { arg } }
              : { constant_input: { name: userNames[i]!, value: arg } };
          }),
        ],
        output_specs: outputs.map((arg) => ({ user_output: { arg } })),
      },
      module_call_graph: callGraph(parts),
      metadata: {},
      treespec_namedtuple_fields: {},
    },
    opset_version: { aten: OPSET },
    range_constraints: Object.fromEntries(
      free.map(({ min, max }, i) => [symbolName(i), { min_val: min, max_val: Number.isFinite(max) ? max : null }]),
    ),
    schema_version: SCHEMA,
    verifiers: ['TRAINING'],
    torch_version: call(native.libtorch_version),
    guards_code: guards(parts),
  };
  return { text: jsonText(model), tensors: new Map(held.map(({ target, tensor }) => [target, tensor])) };
}

/** A number that the caller gave: whole ones are integers. */
const isFloat = (value: unknown) => typeof value === 'number' && !Number.isInteger(value);

function outputsOf(samples: readonly Sample[], writer: GraphWriter): JsonValue[] {
  // Tensors among the results are the outputs of the tape, in order.
  const operands = samples.map(({ tape, results }) => {
    let at = 0;
    return results.map((result): Operand => {
      if (isTensor(result)) return tape.outputs[at++]!;
      return { kind: 'constant', value: result ?? null, float: isFloat(result) };
    });
  });
  return operands[0]!.map((_, i) => writer.output(operands.map((each) => each[i]!)));
}

/** The names of all arguments, those by position first. */
function argumentsOf({ module, structure }: ModelParts): string[] {
  const [positional, keywords] = structure.children as [Tree, Tree];
  const count = positional.children.length;
  const found = argumentNames(module.forward, count);
  const own = found.length === count ? found : positional.children.map((_, i) => `args_${i}`);
  return [...own, ...(keywords.keys ?? [])];
}

/** The whole module with what it takes and gives, and the modules inside. */
function callGraph(parts: ModelParts): JsonValue {
  const { module, structure, samples } = parts;
  const signature: JsonValue = {
    inputs: [],
    outputs: [],
    in_spec: structure.dump(),
    out_spec: samples[0]!.structure.dump(),
    forward_arg_names: argumentsOf(parts),
  };
  const inner = module.named_modules().flatMap(([path]) => (path === '' ? [] : [{ fqn: path, signature: null }]));
  return [{ fqn: '', signature }, ...inner];
}

/** Where each leaf is among the arguments, as Python's guards write it: `L['cache']['k']`. */
function sourcesOf(structure: Tree, names: readonly string[]): string[] {
  const source = (tree: Tree, path: string): string[] => {
    if (tree.isLeaf) return [path];
    return tree.children.flatMap((child, i) =>
      source(child, `${path}[${tree.keys === null ? i : `'${tree.keys[i]}'`}]`),
    );
  };
  const parts = structure.children.flatMap((part) => part.children);
  return parts.flatMap((part, i) => source(part, `L['${names[i]}']`));
}

/** Sizes that are equal, or follow from each other, as Python's text has them. */
function guards(parts: ModelParts): string[] {
  const sources = sourcesOf(parts.structure, argumentsOf(parts));
  const tensors = sources.filter((_, i) => isTensor(parts.leaves[i]));
  const size = ({ input, dim }: Place) => `${tensors[input]}.size()[${dim}]`;
  return parts.free.flatMap(({ places }) => {
    const root = rootOf(places)!;
    return places.flatMap((place) => {
      if (place === root) return [];
      const multiple = place.times === 1 ? size(root) : `${place.times}*${size(root)}`;
      const plus = place.plus === 0 ? '' : ` ${place.plus < 0 ? '-' : '+'} ${Math.abs(place.plus)}`;
      return [`${multiple}${plus} == ${size(place)}`];
    });
  });
}
