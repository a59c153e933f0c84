/** What the inputs and outputs of a program's graph stand for: parameters, buffers, constants, what its user gives. */
import { type Argument, readArgument } from './graph';
import type { Json } from './json';

export type InputKind = 'parameter' | 'buffer' | 'tensor_constant' | 'user_input' | 'constant_input' | 'token';

export interface InputSpec {
  readonly kind: InputKind;
  /** The value's name in the graph. */
  readonly name: string;
  /** The parameter, buffer or constant that it is. */
  readonly target: string | null;
  /** Of a buffer: whether it is in the state_dict. */
  readonly persistent: boolean | null;
  /** The value that a plain argument had when the program was exported. */
  readonly constant?: Argument;
}

export type OutputKind =
  | 'user_output'
  | 'loss_output'
  | 'buffer_mutation'
  | 'parameter_mutation'
  | 'user_input_mutation'
  | 'token';

export interface OutputSpec {
  readonly kind: OutputKind;
  readonly argument: Argument;
  /** What is changed by it. */
  readonly target: string | null;
}

export function readInputSpec(json: Json): InputSpec {
  const [kind, spec] = json.variant();
  const common = { target: null, persistent: null };
  switch (kind) {
    case 'parameter':
      return { ...common, kind, name: spec.at('arg').at('name').text(), target: spec.at('parameter_name').text() };
    case 'buffer': {
      const persistent = spec.at('persistent').boolean();
      return { kind, name: spec.at('arg').at('name').text(), target: spec.at('buffer_name').text(), persistent };
    }
    case 'tensor_constant':
      return {
        ...common,
        kind,
        name: spec.at('arg').at('name').text(),
        target: spec.at('tensor_constant_name').text(),
      };
    case 'constant_input':
      return { ...common, kind, name: spec.at('name').text(), constant: readArgument(spec.at('value')) };
    case 'token':
      return { ...common, kind, name: spec.at('arg').at('name').text() };
    case 'user_input': {
      const argument = readArgument(spec.at('arg'));
      if (argument.kind === 'name') return { ...common, kind, name: argument.name };
      return { ...common, kind: 'constant_input', name: '', constant: argument };
    }
    default:
      throw json.unknown(`an input that is a ${kind}`);
  }
}

const mutated: Readonly<Record<string, string>> = {
  buffer_mutation: 'buffer_name',
  parameter_mutation: 'parameter_name',
  user_input_mutation: 'user_input_name',
};

export function readOutputSpec(json: Json): OutputSpec {
  const [kind, spec] = json.variant();
  if (kind === 'user_output') return { kind, argument: readArgument(spec.at('arg')), target: null };
  const argument: Argument = { kind: 'name', name: spec.at('arg').at('name').text() };
  if (kind === 'loss_output' || kind === 'token') return { kind, argument, target: null };
  if (kind === 'buffer_mutation' || kind === 'parameter_mutation' || kind === 'user_input_mutation')
    return { kind, argument, target: spec.at(mutated[kind]!).text() };
  throw json.unknown(`an output that is a ${kind}`);
}

const inputLabels: Readonly<Record<InputKind, string>> = {
  parameter: 'PARAMETER',
  buffer: 'BUFFER',
  tensor_constant: 'CONSTANT_TENSOR',
  user_input: 'USER_INPUT',
  constant_input: 'USER_INPUT',
  token: 'TOKEN',
};

/** What a graph's inputs and outputs are. Printed as Python's `ExportGraphSignature`. */
export class ExportGraphSignature {
  constructor(
    readonly input_specs: readonly InputSpec[],
    readonly output_specs: readonly OutputSpec[],
  ) {}

  private targets(kind: InputKind): string[] {
    return this.input_specs.flatMap((spec) => (spec.kind === kind ? [spec.target!] : []));
  }

  /** The names of the parameters. */
  get parameters(): readonly string[] {
    return this.targets('parameter');
  }

  /** The names of the buffers. */
  get buffers(): readonly string[] {
    return this.targets('buffer');
  }

  get non_persistent_buffers(): readonly string[] {
    return this.input_specs.flatMap(({ persistent, target }) => (persistent === false ? [target!] : []));
  }

  /** The names of the tensors that were constants of the module. */
  get lifted_tensor_constants(): readonly string[] {
    return this.targets('tensor_constant');
  }

  /** The graph's names of what the user gives; the values of plain arguments, which are fixed. */
  get user_inputs(): readonly unknown[] {
    return this.input_specs.flatMap(({ kind, name, constant }) => {
      if (kind === 'user_input') return [name];
      return constant === undefined ? [] : [nameOrValue(constant)];
    });
  }

  /** The graph's names of what the user gets, or constants. */
  get user_outputs(): readonly unknown[] {
    return this.output_specs.flatMap(({ kind, argument }) => (kind === 'user_output' ? [nameOrValue(argument)] : []));
  }

  get buffers_to_mutate(): Readonly<Record<string, string>> {
    const mutations = this.output_specs.filter(({ kind }) => kind === 'buffer_mutation');
    return Object.fromEntries(mutations.map(({ argument, target }) => [String(nameOrValue(argument)), target!]));
  }

  toString(): string {
    const inputs = this.input_specs.map(({ kind, name, target, persistent }) => {
      const of = target === null ? '' : ` target='${target}'`;
      const kept = persistent === null ? '' : ` persistent=${persistent ? 'True' : 'False'}`;
      return `${name}: ${inputLabels[kind]}${of}${kept}`;
    });
    const outputs = this.output_specs.map(({ kind, argument, target }) => {
      const name = argument.kind === 'name' ? argument.name : '';
      return `${name}: ${kind.toUpperCase()}${target === null ? '' : ` target='${target}'`}`;
    });
    return ['', '# inputs', ...inputs, '', '# outputs', ...outputs, ''].join('\n');
  }
}

function nameOrValue(argument: Argument): unknown {
  if (argument.kind === 'name') return argument.name;
  return argument.kind === 'constant' ? argument.value : null;
}
