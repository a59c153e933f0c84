/** torch.onnx.export. */
import { basename } from 'node:path';
import { isTensor } from '../arguments/checks';
import { REQUIRED, Signature } from '../arguments/signature';
import { requireInstalled } from '../base/optional';
import { pathOf } from '../files/places';
import { type FileSink, writeFile } from '../files/replace_file';
import { type Example as TracedExample, trace } from '../jit';
import { ScriptFunction } from '../jit/function';
import type { LoweredGraph } from '../jit/graph';
import { exampleGraphOf, graphOf, needsExample } from '../jit/lowered';
import { ScriptModule } from '../jit/module';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isOptions } from '../native/kinds';
import { isModule, type Module } from '../nn/modules/module';
import type { Tensor } from '../tensor/tensor';
import { Builder, type Name } from './builder';
import { asComputed } from './control';
import { type DynamicSizes, dimensionsOf, type Example, secondExample, tensorsOf, withTensors } from './dynamic';
import { OnnxExporterError } from './errors';
import {
  type Attributes,
  type ExternalData,
  encoded,
  externalData,
  type ModelData,
  type NodeData,
  needsExternalData,
  type ValueData,
} from './proto';
import { checkSame, Translation } from './translate';
import { type Computed, dict, known, list, type Value } from './values';

/** Names of the sizes that may change, by dimension. */
export type DynamicShape = Readonly<Record<number, string | null>> | readonly (string | null)[] | null;

/** The same for an input that is a list or an object of tensors. */
export type DynamicShapes = DynamicShape | readonly DynamicShapes[] | { readonly [name: string]: DynamicShapes };

export interface ExportOptions {
  /** Inputs by name. */
  kwargs?: Readonly<Record<string, Example>> | null;
  /** Names of the tensors that go in, in their order. */
  input_names?: readonly string[] | null;
  /** Names of the tensors that come out. */
  output_names?: readonly string[] | null;
  /** The version of ONNX's operators: 18 to 23. */
  opset_version?: number | null;
  /** Sizes that may change, for each argument in order or by name: `{ x: { 0: 'batch' } }`. */
  dynamic_shapes?: readonly DynamicShapes[] | { readonly [name: string]: DynamicShapes } | null;
  /** Sizes that may change, by the names of inputs and outputs: `{ input: { 0: 'batch' }, output: [0] }`. */
  dynamic_axes?: Readonly<Record<string, Readonly<Record<number, string>> | readonly number[]>> | null;
  /** Whether the file has the weights; else they are further inputs. */
  export_params?: boolean;
  /** Whether weights are inputs too, which whoever runs the model may give others for. */
  keep_initializers_as_inputs?: boolean;
  /** Whether the weights go into a file beside it, `NAME.data`; null: where they are too large for one file. */
  external_data?: boolean | null;
}

interface ExportArguments extends Required<ExportOptions> {
  model: Module | ((...inputs: never[]) => unknown);
  args: Example | readonly Example[];
  f: string | URL | null;
}

const parameters = {
  model: REQUIRED,
  args: [],
  f: null,
  kwargs: null,
  input_names: null,
  output_names: null,
  opset_version: null,
  dynamic_shapes: null,
  dynamic_axes: null,
  export_params: true,
  keep_initializers_as_inputs: false,
  external_data: null,
};

const signature = new Signature<ExportArguments>('export', parameters, Object.keys(parameters).length - 3);

export interface SaveOptions {
  /** Whether the weights go into a file of their own; null: where they are too large for one file. */
  external_data?: boolean | null;
}

// By hand: PyTorch's has switches that are parameters of export here.
const saveSignature = new Signature<Required<SaveOptions> & { destination: string | URL }>(
  'save',
  { destination: REQUIRED, external_data: null },
  1,
);

function writeExternal(sink: FileSink, { offsets }: ExternalData): void {
  for (const [{ bytes }, offset] of offsets) {
    sink.write(new Uint8Array(offset - sink.position));
    sink.write(bytes);
  }
}

/** A model in ONNX's form. https://docs.pytorch.org/docs/2.13/onnx_export.html#torch.onnx.ONNXProgram */
export class ONNXProgram {
  readonly #model: ModelData;

  /** @internal */
  constructor(model: ModelData) {
    this.#model = model;
  }

  /** The message of which the file is made. */
  get model_proto(): { SerializeToString(): Uint8Array } {
    return { SerializeToString: () => encoded(this.#model) };
  }

  /**
   * Writes the file. With `external_data` the weights go into another file beside it, `NAME.data`, which has to stay
   * there; weights of 2 GiB and more always do.
   */
  save(destination: string | URL, options?: SaveOptions): void;
  save(...args: unknown[]): void {
    const { destination, external_data } = saveSignature.read(args);
    const path = pathOf(destination);
    if (path === undefined) throw new TypeError("expected 'destination' to be a path");
    const isExternal = external_data ?? needsExternalData(this.#model);
    const external = isExternal ? externalData(this.#model, `${basename(path)}.data`) : null;
    if (external !== null) writeFile(`${path}.data`, (sink) => writeExternal(sink, external));
    const content = encoded(this.#model, external);
    writeFile(path, (sink) => sink.write(content));
  }
}

const OPSETS = { least: 18, most: 23 };

/**
 * Writes a model as ONNX. It is run with the example inputs, in eval mode, and what it calls is written down, as
 * `torch.jit.trace` does: branches of JavaScript are decided. Weights have their names, and nodes the paths of their modules.
 * Where sizes may change (`dynamic_shapes`, or `dynamic_axes` by the names of inputs and outputs) it is run a second
 * time with others, so that numbers which come from sizes (`x.shape`) are computed by the graph.
 * https://docs.pytorch.org/docs/2.13/onnx_export.html#torch.onnx.export
 * @throws OnnxExporterError that names operators without a counterpart, and where in the model they are
 */
function export_(
  model: Module | ((...inputs: never[]) => unknown),
  args?: Example | readonly Example[],
  f?: string | URL | null,
  options?: ExportOptions,
): ONNXProgram;
function export_(
  model: Module | ((...inputs: never[]) => unknown),
  args: Example | readonly Example[],
  options?: ExportOptions & { f?: string | URL | null },
): ONNXProgram;
function export_(...args: unknown[]): ONNXProgram {
  const given = signature.read(args);
  requireInstalled('@bufbuild/protobuf/wire', 'torch.onnx.export');
  const opset = given.opset_version ?? OPSETS.least;
  if (!Number.isInteger(opset) || opset < OPSETS.least || opset > OPSETS.most) {
    throw new RangeError(`opset_version must be ${OPSETS.least} to ${OPSETS.most}, but got ${opset}`);
  }
  const program = inEvalMode(given.model, () => new ONNXProgram(modelOf(given, opset)));
  if (given.f !== null) program.save(given.f, { external_data: given.external_data });
  return program;
}

export { export_ as export };

/** Runs the callback while all of a model is in eval mode. */
function inEvalMode<Result>(model: unknown, run: () => Result): Result {
  if (!isModule(model)) return run();
  const training = (model as Module).modules().filter((each) => each.training);
  (model as Module).eval();
  try {
    return run();
  } finally {
    for (const each of training) each.training = true;
  }
}

/** The arguments of the model, and their names where they are given by name. */
interface Inputs {
  readonly examples: readonly Example[];
  readonly names: readonly string[] | null;
}

function inputsOf({ args, kwargs }: ExportArguments): Inputs {
  const byPosition = Array.isArray(args) ? (args as readonly Example[]) : [args as Example];
  if (kwargs === null || Object.keys(kwargs).length === 0) return { examples: byPosition, names: null };
  if (byPosition.length > 0) throw new OnnxExporterError('give all inputs by position (args), or all by name (kwargs)');
  return { examples: Object.values(kwargs), names: Object.keys(kwargs) };
}

/** A program is taken as it is; all else is traced, which takes no numbers. */
function programOf(model: ExportArguments['model'], { examples, names }: Inputs): ScriptModule | ScriptFunction {
  if (model instanceof ScriptModule || model instanceof ScriptFunction) return model;
  const given = examples as readonly TracedExample[];
  const options =
    names === null
      ? { example_inputs: given }
      : { example_kwarg_inputs: Object.fromEntries(names.map((name, i) => [name, given[i]!])) };
  return trace(model as Module, { ...options, check_trace: false, strict: false }); // objects are results too
}

function traced(model: ExportArguments['model'], inputs: Inputs): LoweredGraph {
  const { examples, names } = inputs;
  const program = programOf(model, inputs);
  if (program !== model && !needsExample(program)) return graphOf(program);
  const named = Object.fromEntries((names ?? []).map((name, i) => [name, examples[i]!]));
  try {
    return exampleGraphOf(program, names === null ? examples : [], named);
  } catch (error) {
    const message = `the program cannot be written for this example: ${(error as Error).message}`;
    throw new OnnxExporterError(message, { cause: error });
  }
}

function modelOf(given: ExportArguments, opset: number): ModelData {
  const inputs = inputsOf(given);
  const tensors = inputs.examples.flatMap(tensorsOf);
  const graph = traced(given.model, inputs);
  const inputNames = inputNamesOf(given, graph, inputs.examples);
  const dynamic = dynamicOf(given, inputs, inputNames, graph);
  const dimensions = dimensionsOf(tensors, dynamic);
  const other = dimensions.length === 0 ? null : otherGraph(given.model, inputs, tensors, dynamic, dimensions);
  if (other !== null) checkSame(graph, other);

  const build = new Builder(opset);
  const nameOf = (input: number, dim: number) => {
    const at = Object.entries(dynamic[input] ?? {}).find(
      ([key]) => (Number(key) + tensors[input]!.dim()) % tensors[input]!.dim() === dim,
    );
    return at?.[1];
  };
  const computed = tensors.map(
    (x, i): Computed => ({
      kind: 'computed',
      name: build.unique(inputNames[i]!),
      dtype: x.dtype,
      sizes: x.shape,
      dynamic: x.shape.map((_, dim) => nameOf(i, dim) !== undefined),
    }),
  );
  const outputNames = (given.output_names ?? []).map((name) => build.unique(name));
  const held = new Map<number, Name>();
  const weights: ValueData[] = [];
  for (const { value, tensor, name } of graph.held) {
    const unique = build.unique(name ?? 'constant');
    held.set(value.id, unique);
    weights.push({ name: unique, dtype: tensor.dtype, sizes: tensor.shape });
    if (given.export_params) build.hold(unique, tensor);
  }
  const remaining = computed[Symbol.iterator]();
  const values = inputs.examples.map((example) => valueOf(example, remaining));
  const results = new Translation(build, { graph, other, dimensions })
    .run(values, computed, held)
    .flatMap((value) => leaves(build, value));
  build.enter('');
  const outputs = results.map((result, i): ValueData => {
    const name = outputNames[i] ?? build.unique(results.length === 1 ? 'output' : `output_${i}`);
    build.rename(result.name, name);
    const axes = axesOf(given.dynamic_axes?.[name], name);
    const sizes = result.sizes.map((size, dim) => (result.dynamic[dim] ? (axes[dim] ?? `${name}_dim_${dim}`) : size));
    return { name, dtype: result.dtype, sizes };
  });
  const used = new Set(readBy(build.nodes));
  const arguments_ = computed.map(({ name, dtype, sizes }, i): ValueData => {
    return { name, dtype, sizes: sizes.map((size, dim) => nameOf(i, dim) ?? size) };
  });
  return {
    name: isModule(given.model) ? (given.model as Module)._get_name() : 'main_graph',
    opset,
    producer: ['tsorch', call(native.libtorch_version)],
    inputs:
      given.export_params && !given.keep_initializers_as_inputs
        ? arguments_
        : [...arguments_, ...weights.filter(({ name }) => used.has(name))],
    outputs,
    initializers: build.initializers.filter(({ name }) => used.has(name)),
    nodes: build.nodes,
  };
}

/** All values that nodes read, in graphs within them too. */
function readBy(nodes: readonly NodeData[]): Name[] {
  return nodes.flatMap(({ inputs, attributes }) => [
    ...inputs,
    ...graphsOf(attributes).flatMap((each) => readBy(each)),
  ]);
}

function graphsOf(attributes: Attributes): (readonly NodeData[])[] {
  return Object.values(attributes).flatMap((each) => (typeof each === 'object' && 'nodes' in each ? [each.nodes] : []));
}

/** An input as the graph sees it: lists of tensors are lists, numbers are known. */
function valueOf(example: Example, tensors: Iterator<Computed>): Value {
  if (isTensor(example)) return tensors.next().value as Computed;
  if (Array.isArray(example)) return list(example.map((item) => valueOf(item, tensors)));
  if (!isOptions(example)) return known(example);
  const items = Object.values(example).map((item) => valueOf(item, tensors));
  return dict(Object.keys(example), items);
}

/** The tensors of a result, and its numbers as such. @throws OnnxExporterError for anything else that is no null */
function leaves(build: Builder, value: Value): Computed[] {
  if (value.kind === 'computed') return [value];
  if (value.kind === 'list') return value.items.flatMap((item) => leaves(build, item));
  if (value.value === null) return [];
  if (typeof value.value === 'number' || typeof value.value === 'boolean') return [asComputed(build, value, null)];
  throw new OnnxExporterError('a result of the model does not depend on its inputs: leave it out');
}

/** As they are given, else as the model calls its parameters. */
function inputNamesOf({ input_names }: ExportArguments, graph: LoweredGraph, examples: readonly Example[]): string[] {
  const own = examples.flatMap((example, i) => {
    const name = (graph.inputs[i]?.name ?? `input_${i}`).replace(/\.\d+$/, '');
    const count = tensorsOf(example).length;
    return isTensor(example) ? [name] : Array.from({ length: count }, (_, k) => `${name}_${k}`);
  });
  if (input_names !== null && input_names.length > own.length) {
    throw new OnnxExporterError(
      `the model takes ${own.length} tensors, and ${input_names.length} names are given for them`,
    );
  }
  return own.map((name, i) => input_names?.[i] ?? name);
}

function otherGraph(
  model: ExportArguments['model'],
  inputs: Inputs,
  tensors: readonly Tensor[],
  dynamic: DynamicSizes,
  dimensions: ReturnType<typeof dimensionsOf>,
): LoweredGraph {
  const second = secondExample(tensors, dynamic, dimensions);
  const sizes = dimensions.map(({ name, sizes: [, size] }) => `${name}=${size}`).join(', ');
  const examples = withTensors(inputs.examples, second[Symbol.iterator]()) as readonly Example[];
  try {
    return traced(model, { ...inputs, examples });
  } catch (error) {
    const message = `the model does not run with other sizes (${sizes}): ${(error as Error).message}`;
    throw new OnnxExporterError(message, { cause: error });
  }
}

/** `{ 0: 'batch' }`, or dimensions alone, which get names. */
function axesOf(
  axes: Readonly<Record<number, string>> | readonly number[] | undefined,
  name: string,
): Record<number, string> {
  if (axes === undefined) return {};
  if (!Array.isArray(axes)) return { ...(axes as Record<number, string>) };
  return Object.fromEntries((axes as readonly number[]).map((dim) => [dim, `${name}_dim_${dim}`]));
}

/** Which sizes of which tensors may change. */
function dynamicOf(
  given: ExportArguments,
  inputs: Inputs,
  inputNames: readonly string[],
  graph: LoweredGraph,
): DynamicSizes {
  const { dynamic_axes, dynamic_shapes } = given;
  if (dynamic_axes !== null && dynamic_shapes !== null) {
    throw new OnnxExporterError('give dynamic_shapes or dynamic_axes, not both');
  }
  if (dynamic_shapes === null) return inputNames.map((name) => axesOf(dynamic_axes?.[name], name));
  const byName = isOptions(dynamic_shapes) ? (dynamic_shapes as Record<string, DynamicShapes>) : null;
  const own = inputs.names ?? inputs.examples.map((_, i) => (graph.inputs[i]?.name ?? '').replace(/\.\d+$/, ''));
  const stray = Object.keys(byName ?? {}).find((name) => !own.includes(name));
  if (stray !== undefined)
    throw new OnnxExporterError(`dynamic_shapes names '${stray}', and the model takes ${own.join(', ')}`);
  return inputs.examples.flatMap((example, i) => {
    const shapes = byName === null ? (dynamic_shapes as readonly DynamicShapes[])[i] : byName[own[i]!];
    return shapesOf(example, shapes ?? null);
  });
}

function shapesOf(example: Example, shapes: DynamicShapes): Record<number, string>[] {
  if (isTensor(example)) {
    const listed = Object.entries((shapes ?? {}) as Record<string, unknown>);
    return [Object.fromEntries(listed.flatMap(([dim, name]) => (typeof name === 'string' ? [[dim, name]] : [])))];
  }
  const items = Array.isArray(example)
    ? example.map((each, i): [number | string, Example] => [i, each])
    : Object.entries(example);
  return items.flatMap(([key, each]) =>
    shapesOf(each, (shapes as Record<string | number, DynamicShapes> | null)?.[key] ?? null),
  );
}
