/** The graph of a program as its file has it, made of what a module did with inputs of several sizes. */
import type { Tensor } from '../../tensor/tensor';
import { ExportError } from '../errors';
import type { Size } from '../graph';
import { type Expression, expressionText } from '../symbolic';
import { constantJson, isDefault, listJson, type Tagged } from './arguments';
import type { Formulas } from './formula';
import type { JsonValue } from './json_text';
import { Metas, tensorMeta } from './meta';
import { Names } from './names';
import type { Parameter } from './schema';
import { type Operand, pathsOf, placeOf, type Tape, type TapeCall } from './tape';

const positional = 1;
const keyword = 2;

const namedArgument = (name: string, arg: JsonValue, kind = positional): JsonValue => ({ name, arg, kind });

/** Python's operators for the functions of expressions. */
const signs: Readonly<Record<string, string>> = { Add: 'add', Mul: 'mul', Pow: 'pow', FloorDiv: 'floordiv' };

export class GraphWriter {
  readonly nodes: JsonValue[] = [];
  readonly tensors: Record<string, JsonValue> = {};
  readonly sizes: Record<string, JsonValue> = {};
  private readonly names = new Names();
  private readonly metas: Metas;
  /** The paths of the modules whose nodes are being written. */
  private modules: readonly string[] = [];
  private readonly callCounts = new Map<string, number>();
  /** Of each value of the tapes. */
  private readonly valueNames = new Map<number, string>();
  /** Sizes that a node computes, by the module's call and the expression: `torch.export.unflatten` parts the graph by modules. */
  private readonly computed = new Map<string, string>();
  /** The size of an input that each symbol is. */
  private readonly roots = new Map<string, { readonly input: string; readonly dim: number }>();

  constructor(
    private readonly tapes: readonly Tape[],
    private readonly formulas: Formulas,
    /** What the symbols are in the example. */
    hints: ReadonlyMap<string, number>,
    private readonly rootClass: string,
    private readonly classOf: (path: string) => string,
  ) {
    this.metas = new Metas(formulas, hints);
  }

  /** Names a value of the graph that no node makes. */
  define(id: number, wish: string, sizes?: readonly Size[]): string {
    const name = this.names.unique(wish);
    this.bind(id, name, sizes);
    return name;
  }

  /** Names a tensor of the module that no operator takes as it is. */
  declare(tensor: Tensor, wish: string): string {
    const name = this.names.unique(wish);
    this.tensors[name] = tensorMeta(tensor);
    return name;
  }

  /** A name for an input that is no value of the graph. */
  unique(wish: string): string {
    return this.names.unique(wish);
  }

  private bind(id: number, name: string, sizes?: readonly Size[]): void {
    this.valueNames.set(id, name);
    const facts = this.tapes.map((tape) => tape.facts[id]!);
    this.tensors[name] = this.metas.of(facts, sizes);
  }

  /** A symbol is this size of an input, which has its name by now. */
  addRoot(symbol: string, { input, dim }: { readonly input: number; readonly dim: number }): void {
    this.roots.set(symbol, { input: this.nameOf(input), dim });
  }

  private nameOf(id: number): string {
    return this.valueNames.get(id)!;
  }

  // ---- sizes that nodes compute

  /** The name of a number that a node computes. */
  private sizeName(expression: Expression): string {
    const text = expressionText(expression);
    const innermost = this.modules.at(-1) ?? '';
    const key = `${innermost} ${this.callCounts.get(innermost)} ${text}`;
    const known = this.computed.get(key);
    if (known !== undefined) return known;
    const name = this.sizeNode(expression);
    this.computed.set(key, name);
    this.sizes[name] = this.metas.ofSize(expression);
    return name;
  }

  private sizeNode(expression: Expression): string {
    if (expression.kind === 'symbol') {
      const { input, dim } = this.roots.get(expression.name)!;
      const inputs = [namedArgument('self', { as_tensor: { name: input } }), namedArgument('dim', { as_int: dim })];
      return this.sizeStep('torch.ops.aten.sym_size.int', 'sym_size_int', inputs);
    }
    if (expression.kind === 'integer') throw new ExportError('a number that is fixed needs no node');
    const [first, ...others] = expression.args;
    const sign = signs[expression.name]!;
    if (others.length === 0) return this.sizeName(first!);
    // two at a time
    const left = others.length === 1 ? first! : { ...expression, args: expression.args.slice(0, -1) };
    return this.sizeStep(`_operator.${sign}`, sign, [
      namedArgument('a', this.sizeArgument(left)),
      namedArgument('b', this.sizeArgument(expression.args.at(-1)!)),
    ]);
  }

  private sizeArgument(expression: Expression): JsonValue {
    if (expression.kind === 'integer') return { as_int: expression.value };
    return { as_sym_int: { as_name: this.sizeName(expression) } };
  }

  private sizeStep(target: string, wish: string, inputs: readonly JsonValue[]): string {
    const name = this.names.unique(wish);
    this.nodes.push({
      target,
      inputs,
      outputs: [{ as_sym_int: { as_name: name } }],
      metadata: { nn_module_stack: this.stack() },
      is_hop_single_tensor_return: null,
      name,
    });
    return name;
  }

  // ---- operators

  /** A copy of a constant that JavaScript made, as Python's programs have it. */
  copyOf(id: number, constant: string): void {
    this.push(
      'torch.ops.aten.lift_fresh_copy.default',
      'lift_fresh_copy',
      [namedArgument('self', { as_tensor: { name: constant } })],
      (name) => {
        this.bind(id, name);
        return [{ as_tensor: { name } }];
      },
    );
  }

  /** The call at this place of all tapes. */
  add(at: number): void {
    const calls = this.tapes.map(({ calls }) => calls[at]!);
    const { operator, node } = calls[0]!;
    this.enter(pathsOf(node));
    try {
      const [base, overload = 'default'] = operator.name.split('.') as [string, string?];
      const [namespace, name] = base.includes('::') ? (base.split('::') as [string, string]) : ['aten', base];
      const inputs = this.inputs(calls);
      const target = `torch.ops.${namespace}.${name}.${overload}`;
      this.push(target, name, inputs, (own) => this.outputs(calls, own));
    } catch (error) {
      if (!(error instanceof ExportError)) throw error;
      throw new ExportError(`cannot export ${node.operator ?? node.kind}, in ${placeOf(node)}: ${error.message}`, {
        cause: error,
      });
    }
  }

  private push(
    target: string,
    wish: string,
    inputs: readonly JsonValue[],
    outputs: (name: string) => readonly JsonValue[],
  ): void {
    const name = this.names.unique(wish);
    this.nodes.push({
      target,
      inputs,
      outputs: outputs(name),
      metadata: { nn_module_stack: this.stack() },
      is_hop_single_tensor_return: null,
      name,
    });
  }

  /** The modules whose nodes follow, and how often each was called before. */
  private enter(modules: readonly string[]): void {
    for (const path of modules) {
      if (!this.modules.includes(path)) this.callCounts.set(path, (this.callCounts.get(path) ?? -1) + 1);
    }
    this.modules = modules;
  }

  /** The modules around a node, from the outermost: `KEY,PATH,CLASS;…`. */
  private stack(): string {
    const inner = this.modules.map((path) => {
      const count = this.callCounts.get(path)!;
      return `L__self__${path}${count === 0 ? '' : `@${count}`},${path},${this.classOf(path)}`;
    });
    return [`L__self__,,${this.rootClass}`, ...inner].join(';');
  }

  private inputs(calls: readonly TapeCall[]): JsonValue[] {
    const { parameters, args } = calls[0]!;
    const given = args.map((_, i) => {
      const operands = calls.map((call) => call.args[i]!);
      const parameter = parameters[i]!;
      const left = operands.every((operand) => isDefault(operand, parameter));
      return { parameter, value: this.argument(operands, parameter), isDefault: left };
    });
    // What has a position may be left out at the end only.
    const last = given.findLastIndex(({ parameter, isDefault: left }) => !parameter.keyword && !left);
    return given.flatMap(({ parameter, value, isDefault: left }, i) => {
      if (left && (parameter.keyword || i > last)) return [];
      return [namedArgument(parameter.name, value, parameter.keyword ? keyword : positional)];
    });
  }

  private outputs(calls: readonly TapeCall[], name: string): JsonValue[] {
    const { results, isList } = calls[0]!;
    const single = results.length === 1 && !isList;
    const listed = results.map((id): JsonValue => {
      if (id === null) return { as_none: true };
      const own = single ? name : this.names.unique('getitem');
      this.bind(id, own);
      return { as_tensor: { name: own } };
    });
    if (!isList) return listed;
    return [{ as_tensors: listed.map((each) => (each as { as_tensor: JsonValue }).as_tensor) }];
  }

  // ---- arguments

  private tensor(operand: Operand & { kind: 'value' }): JsonValue {
    return { as_tensor: { name: this.nameOf(operand.id) } };
  }

  /** What an operator is given, in each tape, with the mark of its kind. */
  private argument(operands: readonly Operand[], { type }: Parameter): JsonValue {
    const [first] = operands;
    if (operands.some(({ kind }) => kind !== first!.kind))
      throw new ExportError('it is called in another way for other sizes');
    if (first!.kind === 'value') return this.tensor(first!);
    if (first!.kind === 'list') return this.list(operands as readonly (Operand & { kind: 'list' })[], type);
    return this.constant(operands as readonly (Operand & { kind: 'constant' })[], type);
  }

  private list(operands: readonly (Operand & { kind: 'list' })[], type: string): JsonValue {
    const { items } = operands[0]!;
    if (operands.some((each) => each.items.length !== items.length)) {
      throw new ExportError('a list has another length for other sizes');
    }
    const element = type.replace(/\[\]$/, '');
    const parameter = { type: element } as Parameter;
    const values = items.map((_, i) =>
      this.argument(
        operands.map((each) => each.items[i]!),
        parameter,
      ),
    );
    const optional = element === 'Tensor?';
    if (optional) return { as_optional_tensors: values };
    return listJson(values as readonly Tagged[], element);
  }

  /** A value that is the same in all tapes, or a number that the sizes decide. */
  private constant(operands: readonly (Operand & { kind: 'constant' })[], type: string): JsonValue {
    const [first] = operands;
    const { value, float } = first!;
    if (operands.every((each) => Object.is(each.value, value))) return constantJson(value, float, type);
    const numbers = operands.map((each) => each.value);
    const whole = numbers.filter((each) => typeof each === 'number' && Number.isInteger(each)) as number[];
    const formula = whole.length === numbers.length ? this.formulas.of(whole) : undefined;
    if (formula === undefined) {
      throw new ExportError(
        `the number ${String(value)} comes from a size that may change in a way that is not seen; it was ${String(numbers.find((each) => each !== value))} for another`,
      );
    }
    return { as_sym_int: { as_name: this.sizeName(formula) } };
  }

  /** A result of the graph: a tensor, or what the module gave beside. */
  output(operands: readonly Operand[]): JsonValue {
    this.enter([]);
    return this.argument(operands, { type: 'Scalar' } as Parameter);
  }
}
