/** A graph made ready to run: names are places in an array, operators are found, constants are made once. */
import { Float } from '../base/types';
import { findOperator } from '../operators/operator';
import { Tensor } from '../tensor/tensor';
import type { Argument, Graph, Node } from './graph';
import { BadProgram, entry } from './json';
import { arithmetic, higherOrder } from './operations';

type Values = unknown[];

/** Operators that reach beyond the program's tensors, which no file may ask for. */
const FORBIDDEN = new Set(['torch.ops.aten.from_file.default', 'torch.ops.aten.from_file.out']);

/** Gives a value that only the run knows. */
type Getter = (values: Values) => unknown;

/** A fixed value, or what gives it. */
type Slot = { readonly value: unknown } | { readonly get: Getter };

interface Step {
  readonly node: Node;
  run(values: Values): void;
  /** Whether its results are new tensors, but for arguments that it gives back. */
  readonly isNew: boolean;
  readonly read: readonly number[];
  readonly made: readonly number[];
  /** The places that nobody reads afterwards, so that memory goes as early as it can. */
  readonly freed: number[];
}

export class Plan {
  private readonly places = new Map<string, number>();
  private readonly inputs: readonly number[];
  private readonly steps: readonly Step[];
  readonly results: readonly Slot[];
  /** The graphs that its operators take, by name. */
  readonly branches = new Map<string, Plan>();

  /** @throws BadProgram for an operator that the loaded libtorch does not have, and for a value that nothing makes */
  constructor(readonly graph: Graph) {
    this.inputs = graph.inputs.map((input) => (input.kind === 'name' ? this.made(input.name) : -1));
    this.steps = graph.nodes.map((node) => this.step(node));
    this.results = graph.outputs.map((output) => this.slot(output));
    this.markFreed();
  }

  /** The graph's results for the values of its inputs, in order. */
  run(inputs: readonly unknown[]): unknown[] {
    if (inputs.length !== this.inputs.length) {
      throw new BadProgram(`a graph of ${this.inputs.length} inputs is given ${inputs.length}`);
    }
    const values: Values = new Array(this.places.size);
    this.inputs.forEach((place, i) => {
      if (place >= 0) values[place] = inputs[i];
    });
    const ours = new Ours();
    for (const step of this.steps) {
      step.run(values);
      for (const place of step.made) {
        const value = values[place];
        if (ours.has(value) || (step.isNew && !step.read.some((each) => values[each] === value))) ours.add(value);
      }
      for (const place of step.freed) {
        ours.free(values[place]);
        values[place] = undefined;
      }
    }
    return this.results.map((slot) => read(slot, values));
  }

  // ---- names

  private made(name: string): number {
    if (this.places.has(name)) throw new BadProgram(`two values of the program are called '${name}'`);
    this.places.set(name, this.places.size);
    return this.places.size - 1;
  }

  private slot(argument: Argument): Slot {
    switch (argument.kind) {
      case 'constant':
        return { value: argument.value };
      case 'graph': {
        const branch = new Plan(argument.graph);
        this.branches.set(argument.name, branch);
        return { value: branch };
      }
      case 'name': {
        const place = this.places.get(argument.name);
        if (place === undefined) throw new BadProgram(`the program uses '${argument.name}' before it is made`);
        return { get: (values) => values[place] };
      }
      case 'list': {
        const slots = argument.items.map((item) => this.slot(item));
        return { get: (values) => slots.map((slot) => read(slot, values)) };
      }
      case 'dict': {
        const slots = [...argument.items].map(([key, item]) => [key, this.slot(item)] as const);
        return { get: (values) => Object.fromEntries(slots.map(([key, slot]) => [key, read(slot, values)])) };
      }
    }
  }

  /** An argument of an operator, which must tell Python's 2.0 from its 2. */
  private operand(argument: Argument): Slot {
    const slot = this.slot(argument);
    if ('value' in slot) return argument.kind === 'constant' && argument.float ? { value: floating(slot.value) } : slot;
    const { get } = slot;
    const isFloat = argument.kind === 'name' && this.graph.floats.has(argument.name);
    return isFloat ? { get: (values) => floating(get(values)) } : slot;
  }

  // ---- steps

  private step(node: Node): Step {
    const run = this.call(node);
    const store = this.store(node);
    const places = (names: string[]) => names.map((name) => this.places.get(name)!);
    return {
      node,
      run: (values) => store(values, run(values)),
      isNew: operationOf(node) === undefined,
      read: places(node.inputs.flatMap(({ argument }) => namesIn(argument))),
      made: places(node.outputs.flatMap(namesIn)),
      freed: [],
    };
  }

  /** What computes a node's result. */
  private call(node: Node): Getter {
    const operation = operationOf(node);
    if (operation === undefined) return this.operator(node);
    const read = this.reader(node.inputs.map(({ argument }) => this.slot(argument)));
    return (values) => operation(...(read(values) as never[]));
  }

  /** `torch.ops.aten.add.Tensor` is the operator `aten::add.Tensor`. */
  private operator(node: Node): Getter {
    if (FORBIDDEN.has(node.target)) throw new BadProgram(`the program calls ${node.target}, which opens files`);
    const [, namespace, name, overload] = /^torch\.ops\.(\w+)\.(\w+)\.(\w+)$/.exec(node.target) ?? [];
    const qualified = `${namespace}::${name}${overload === 'default' ? '' : `.${overload}`}`;
    const operator = namespace === undefined ? undefined : findOperator(qualified.replace(/^aten::/, ''));
    if (operator === undefined) {
      throw new BadProgram(
        `the program calls ${node.target}, which is no operator of the loaded libtorch. What is written in Python is ` +
          'left out of a program by run_decompositions(), before it is saved.',
      );
    }
    const slots: Slot[] = [];
    for (const { name: argument, argument: given } of node.inputs) {
      const place = operator.arguments.findIndex((parameter) => parameter.name === argument);
      if (place < 0) throw new BadProgram(`${node.target} has no argument '${argument}'`);
      slots[place] = this.operand(given);
    }
    const read = this.reader(Array.from(slots, (slot) => slot ?? { value: undefined }));
    return (values) => operator.call(...read(values));
  }

  /** Reads the arguments of a call. */
  private reader(slots: readonly Slot[]): (values: Values) => unknown[] {
    const fixed = slots.map((slot) => ('value' in slot ? slot.value : undefined));
    const getters = slots.flatMap((slot, i) => ('get' in slot ? [[i, slot.get] as const] : []));
    return (values) => {
      const args = fixed.slice();
      for (const [i, get] of getters) args[i] = get(values);
      return args;
    };
  }

  /** Puts a node's result where its names are. */
  private store({ target, outputs }: Node): (values: Values, result: unknown) => void {
    const [only] = outputs;
    const isList = outputs.length > 1 || only?.kind === 'list' || Object.hasOwn(higherOrder, target);
    if (only === undefined) return () => {};
    if (!isList) {
      const place = this.placeOf(only);
      return (values, result) => {
        if (place >= 0) values[place] = result;
      };
    }
    const names = outputs.length === 1 && only.kind === 'list' ? only.items : outputs;
    const places = names.map((name) => this.placeOf(name));
    return (values, result) => {
      places.forEach((place, i) => {
        if (place >= 0) values[place] = (result as unknown[])[i];
      });
    };
  }

  private placeOf(output: Argument): number {
    return output.kind === 'name' ? this.made(output.name) : -1;
  }

  // ---- memory

  private markFreed(): void {
    const kept = new Set(this.graph.outputs.flatMap(namesIn));
    const steps = [...this.steps].reverse();
    for (const { node, freed } of steps) {
      const names = [...node.inputs.flatMap(({ argument }) => namesIn(argument)), ...node.outputs.flatMap(namesIn)];
      for (const name of names) {
        if (!kept.has(name)) freed.push(this.places.get(name)!);
        kept.add(name);
      }
    }
  }
}

/**
 * Tensors that operators of a run made, and at how many places they are: an operator may give its argument back. What is at
 * none any more is freed at once, so that the next operator finds its memory in the cache.
 */
class Ours {
  private readonly places = new Map<Tensor, number>();

  has(value: unknown): boolean {
    return this.places.has(value as Tensor);
  }

  add(value: unknown): void {
    if (value instanceof Tensor) this.places.set(value, (this.places.get(value) ?? 0) + 1);
  }

  free(value: unknown): void {
    const places = this.places.get(value as Tensor);
    if (places === undefined) return;
    if (places > 1) {
      this.places.set(value as Tensor, places - 1);
    } else {
      this.places.delete(value as Tensor);
      (value as Tensor).dispose();
    }
  }
}

function operationOf({ target }: Node) {
  return entry(arithmetic, target) ?? entry(higherOrder, target);
}

function floating(value: unknown): unknown {
  return typeof value === 'number' ? new Float(value) : value;
}

function read(slot: Slot, values: Values): unknown {
  return 'get' in slot ? slot.get(values) : slot.value;
}

function namesIn(argument: Argument): string[] {
  if (argument.kind === 'name') return [argument.name];
  if (argument.kind === 'list') return argument.items.flatMap(namesIn);
  return argument.kind === 'dict' ? [...argument.items.values()].flatMap(namesIn) : [];
}
