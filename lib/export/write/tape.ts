/**
 * What a traced graph does, call by call. The graph is run once: every size that it computes is a number then, and of
 * each tensor the dtype, the sizes and the strides are known.
 */
import { isTensor } from '../../arguments/checks';
import { type Device, type DType, dtypeOf, Float, layoutOf, layouts, memoryFormats } from '../../base/types';
import type { GraphNode, GraphValue, LoweredGraph } from '../../jit/graph';
import { findOperator, type Operator } from '../../operators/operator';
import { Tensor } from '../../tensor/tensor';
import { ExportError } from '../errors';
import { type Parameter, parametersOf } from './schema';

/** What a call is given, or a graph gives. */
export type Operand =
  | { readonly kind: 'value'; readonly id: number }
  /** `float` tells Python's 3.0 from its 3. */
  | { readonly kind: 'constant'; readonly value: unknown; readonly float: boolean }
  | { readonly kind: 'list'; readonly items: readonly Operand[] };

/** What is known of a tensor. */
export interface Facts {
  readonly dtype: DType;
  readonly device: Device;
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
  readonly requires_grad: boolean;
}

export function factsOf(tensor: Tensor): Facts {
  const { dtype, device, shape: sizes, requires_grad } = tensor;
  return { dtype, device, sizes, strides: tensor.stride(), offset: tensor.storage_offset(), requires_grad };
}

export interface TapeCall {
  readonly node: GraphNode;
  readonly operator: Operator;
  readonly parameters: readonly Parameter[];
  readonly args: readonly Operand[];
  /** The values that it makes, null for one that is none; of a list of tensors those in it. */
  readonly results: readonly (number | null)[];
  readonly isList: boolean;
}

export interface Tape {
  readonly calls: readonly TapeCall[];
  /** Of each value: those of the inputs come first. */
  readonly facts: readonly Facts[];
  /** The values that the module has, and those that JavaScript made while it ran. */
  readonly held: ReadonlyMap<number, Tensor>;
  readonly made: ReadonlyMap<number, Tensor>;
  readonly outputs: readonly Operand[];
}

/** The paths of the modules that were running, from the outermost: `layers.0`, `layers.0.linear1`. */
export function pathsOf(node: GraphNode): string[] {
  return node.scope.split('/').flatMap((scope) => (scope === '' ? [] : [scope.replace(/^__module\.?/, '')]));
}

export const placeOf = (node: GraphNode) => pathsOf(node).at(-1) ?? 'the module itself';

/** Operators whose result has as many elements as the data say. */
const dataDependent =
  /^aten::(nonzero|nonzero_numpy|masked_select|unique_consecutive|_unique2?|unique_dim|bincount|argwhere|repeat_interleave\.Tensor|item|_local_scalar_dense|is_nonzero|equal|allclose)(\.|$)/;

const structural = new Set([
  'prim::Constant',
  'prim::ListConstruct',
  'prim::TupleConstruct',
  'prim::ListUnpack',
  'prim::TupleUnpack',
  'prim::NumToTensor',
  'aten::Int',
  'aten::ScalarImplicit',
]);

/** Arithmetic on sizes that a trace has recorded. */
const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  'aten::add': (a, b) => a + b,
  'aten::sub': (a, b) => a - b,
  'aten::mul': (a, b) => a * b,
  'aten::floor_divide': (a, b) => Math.floor(a / b),
};

/** Each node that is no operator which a program can have, with the places where it is. */
function refuseUnknown(nodes: readonly GraphNode[]): void {
  const places = new Map<string, Set<string>>();
  for (const node of nodes) {
    const isKnown = structural.has(node.kind) || node.kind === 'aten::size' || operatorOf(node) !== undefined;
    if (isKnown && node.blocks.length === 0) continue;
    const name = node.operator ?? node.kind;
    places.set(name, (places.get(name) ?? new Set()).add(placeOf(node)));
  }
  if (places.size === 0) return;
  const each = [...places].map(([name, at]) => `${name} (in ${[...at].join(', ')})`);
  throw new ExportError(`a program of torch.export has no ${each.join('; ')}`);
}

function operatorOf(node: GraphNode): Operator | undefined {
  const name = node.kind === 'aten::_convolution' ? 'aten::convolution' : (node.operator ?? '');
  return name.startsWith('prim::') ? undefined : findOperator(name.replace(/^aten::/, ''));
}

/** The value that an argument of this type is called with. */
function given(type: string, operand: Operand, tensors: readonly Tensor[]): unknown {
  if (operand.kind === 'value') return tensors[operand.id];
  if (operand.kind === 'list') return operand.items.map((item) => given(type, item, tensors));
  const { value, float } = operand;
  if (value === null) return null;
  if (type === 'ScalarType') return dtypeOf(Number(value));
  if (type === 'Layout') return layoutOf(Number(value));
  if (type === 'MemoryFormat') return formatOf(Number(value));
  return float && typeof value === 'number' ? new Float(value) : value;
}

export function formatOf(code: number) {
  return Object.values(memoryFormats).find((format) => format._code === code)!;
}

class Player {
  readonly calls: TapeCall[] = [];
  readonly facts: Facts[] = [];
  readonly held = new Map<number, Tensor>();
  readonly made = new Map<number, Tensor>();
  private readonly tensors: Tensor[] = [];
  private readonly operands = new Map<number, Operand>();

  /** A new value. */
  private put(tensor: Tensor): number {
    if (tensor.layout !== layouts.strided) throw new ExportError(`it has a tensor of the layout ${tensor.layout}`);
    if (tensor.is_quantized) throw new ExportError('it has a quantized tensor');
    this.tensors.push(tensor);
    this.facts.push(factsOf(tensor));
    return this.tensors.length - 1;
  }

  define(value: GraphValue, tensor: Tensor): number {
    const id = this.put(tensor);
    this.operands.set(value.id, { kind: 'value', id });
    return id;
  }

  operand(value: GraphValue): Operand {
    const operand = this.operands.get(value.id);
    if (operand === undefined) throw new ExportError(`the trace has no value %${value.name}`);
    return operand;
  }

  play(node: GraphNode): void {
    try {
      const inputs = node.inputs.map((value) => this.operand(value));
      const results = this.structure(node, inputs) ?? this.call(node, inputs);
      node.outputs.forEach((value, i) => void this.operands.set(value.id, results[i]!));
    } catch (error) {
      const text = `cannot export ${node.operator ?? node.kind}, in ${placeOf(node)}: ${(error as Error).message}`;
      throw new ExportError(text, { cause: error });
    }
  }

  /** Lists, constants, and numbers that come from sizes; undefined for an operator. */
  private structure(node: GraphNode, inputs: readonly Operand[]): readonly Operand[] | undefined {
    switch (node.kind) {
      case 'prim::Constant':
        return [this.constant(node)];
      case 'prim::ListConstruct':
      case 'prim::TupleConstruct':
        return [{ kind: 'list', items: inputs }];
      case 'prim::ListUnpack':
      case 'prim::TupleUnpack':
        return itemsOf(inputs[0]!);
      case 'prim::NumToTensor':
      case 'aten::Int':
      case 'aten::ScalarImplicit':
        if (inputs[0]!.kind === 'value')
          throw new ExportError('it makes a number of a tensor, whose value only the data say');
        return [inputs[0]!];
      case 'aten::size':
        return [this.size(inputs)];
    }
    const compute = arithmetic[node.kind];
    const numbers = inputs.map((input) => (input.kind === 'constant' ? input.value : undefined));
    if (compute === undefined || inputs.length === 0 || !numbers.slice(0, 2).every(isWhole)) return undefined;
    return [{ kind: 'constant', value: compute(Number(numbers[0]), Number(numbers[1])), float: false }];
  }

  private constant(node: GraphNode): Operand {
    const { value, is_number } = node.attributes;
    if (!isTensor(value)) {
      const type = node.outputs[0]!.type;
      return { kind: 'constant', value, float: type === 'float' };
    }
    if (is_number !== true) {
      const id = this.put(value);
      this.made.set(id, value);
      return { kind: 'value', id };
    }
    const number: unknown = value.item();
    return { kind: 'constant', value: number, float: value.dtype.is_floating_point };
  }

  private size([self, dim]: readonly Operand[]): Operand {
    const tensor = self?.kind === 'value' ? this.tensors[self.id] : undefined;
    if (tensor === undefined) throw new ExportError('it asks for the size of what is no tensor');
    const constant = (value: number): Operand => ({ kind: 'constant', value, float: false });
    if (dim === undefined) return { kind: 'list', items: tensor.shape.map(constant) };
    return constant(tensor.size(Number(dim.kind === 'constant' ? dim.value : 0)));
  }

  private call(node: GraphNode, inputs: readonly Operand[]): readonly Operand[] {
    const operator = operatorOf(node)!;
    if (dataDependent.test(node.operator ?? ''))
      throw new ExportError('the sizes of its result are known only when it runs');
    const parameters = parametersOf(operator);
    const args = inputs.slice(0, parameters.length);
    if (operator.name === 'index.Tensor') this.refuseMasks(args[1]!);
    for (const place of operator.written) this.refuseMade(args[place]);
    const result = operator.call(...args.map((arg, i) => given(parameters[i]!.type, arg, this.tensors)));
    const isList = operator.results.length === 1 && Array.isArray(result);
    const values: unknown[] = Array.isArray(result) ? result : operator.results.length === 0 ? [] : [result];
    const isTold = !isList && !node.kind.startsWith('aten::_convolution'); // whose result libtorch records before it has its gradient
    const results = values.map((each, i) => this.result(each, isTold ? node.outputs[i] : undefined));
    this.calls.push({ node, operator, parameters, args, results, isList });
    const operands = results.map((id): Operand => {
      return id === null ? { kind: 'constant', value: null, float: false } : { kind: 'value', id };
    });
    return isList ? [{ kind: 'list', items: operands }] : operands;
  }

  private result(value: unknown, traced: GraphValue | undefined): number | null {
    if (value === null || value === undefined) return null;
    if (!(value instanceof Tensor)) throw new ExportError('it gives a number, which only the data say');
    if (traced?.requires_grad === false && value.requires_grad) {
      throw new ExportError('gradients are off there (no_grad), which a program does not keep: use detach()');
    }
    return this.put(value);
  }

  private refuseMasks(indices: Operand): void {
    const masks = itemsOf(indices).some((item) => {
      return item.kind === 'value' && ['bool', 'uint8'].includes(this.tensors[item.id]!.dtype.name);
    });
    if (masks) throw new ExportError('an index that is a mask gives as many elements as the data say');
  }

  /** A constant that a program changed would be another one in its next call. */
  private refuseMade(operand: Operand | undefined): void {
    if (operand?.kind === 'value' && this.made.has(operand.id)) {
      throw new ExportError('it changes a tensor that JavaScript made while the module ran: change a clone() of it');
    }
  }
}

function isWhole(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value);
}

function itemsOf(operand: Operand): readonly Operand[] {
  if (operand.kind !== 'list') throw new ExportError('it takes apart what is no list');
  return operand.items;
}

/** Runs a graph with these inputs. @throws ExportError for what a program cannot have */
export function play(graph: LoweredGraph, inputs: readonly Tensor[]): Tape {
  refuseUnknown(graph.nodes);
  if (graph.inputs.length !== inputs.length)
    throw new ExportError('the module takes something that is no tensor, and is a program itself');
  const player = new Player();
  graph.inputs.forEach((value, i) => void player.define(value, inputs[i]!));
  for (const { value, tensor } of graph.held) {
    if (!isTensor(tensor)) throw new ExportError('the module has an object of a class of TorchScript in it');
    player.held.set(player.define(value, tensor), tensor);
  }
  for (const node of graph.nodes) player.play(node);
  const outputs = graph.outputs.flatMap((value) => {
    const operand = player.operand(value);
    return operand.kind === 'list' ? operand.items : [operand];
  });
  const { calls, facts, held, made } = player;
  return { calls, facts, held, made, outputs };
}
