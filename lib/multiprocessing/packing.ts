/**
 * Values on their way to another thread: what `structuredClone` copies, tensors (which keep their memory), classes and
 * functions that the other thread can import, and instances of such classes.
 */

import { isAnyArrayBuffer, isDate, isMap, isNativeError, isRegExp, isSet } from 'node:util/types';
import { privateFieldOf } from '../base/private_fields';
import { Complex, Device, DType, dtypes, Layout, layouts, MemoryFormat, memoryFormats } from '../base/types';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { isList, isOptions, typeName } from '../native/kinds';
import { isModule, type Module } from '../nn/modules/module';
import { makeCallable, type RegisteredNames, stateOf } from '../nn/modules/registry';
import { Buffer as ModuleBuffer, Parameter } from '../nn/parameter';
import { namedTuple, type TupleKind, tupleKind } from '../operators/named_tuple';
import { Generator } from '../tensor/generator';
import { Tensor } from '../tensor/tensor';
import { type Place, placeOf, valueAt } from './places';

type Primitive = string | number | bigint | boolean | null | undefined;
/** A primitive as it is, or the number of a node. */
type Slot = Primitive | { readonly node: number };
type Fields = readonly (readonly [name: string, value: Slot])[];

type Node =
  | { kind: 'copied'; value: unknown }
  | { kind: 'buffer'; value: Uint8Array }
  | { kind: 'tensor'; token: number; role: 'plain' | 'parameter' | 'buffer'; persistent: boolean }
  | { kind: 'generator'; state: Slot; device: string }
  | { kind: 'constant'; family: keyof typeof constants; name: string }
  | { kind: 'device'; type: string; index: number | null }
  | { kind: 'complex'; re: number; im: number }
  | { kind: 'list'; items: Slot[]; tuple: TupleKind | undefined }
  | { kind: 'map'; entries: [Slot, Slot][] }
  | { kind: 'set'; items: Slot[] }
  | { kind: 'record'; fields: Fields }
  | { kind: 'import'; place: Place }
  | { kind: 'module'; of: Slot; fields: Fields; names: RegisteredNames }
  | { kind: 'instance'; of: Slot; fields: Fields }
  | { kind: 'stateful'; of: Slot; state: Slot }
  | { kind: 'made'; of: Slot; args: Slot };

const constants = { dtypes, layouts, memoryFormats };

/** What travels: it can be posted, and is received once. */
export interface Packed {
  readonly nodes: readonly Node[];
  readonly root: Slot;
  /** The modules the receiver needs. */
  readonly modules: readonly string[];
}

interface Customized {
  __reduce__?: () => readonly [make: new (...args: never[]) => object, args: readonly unknown[]];
  __getstate__?: () => unknown;
  __setstate__?: (state: unknown) => void;
}

/** What `structuredClone` copies whole, of whatever realm. */
const copied = [ArrayBuffer.isView, isAnyArrayBuffer, isDate, isRegExp, isNativeError] as const;

function isPrimitive(value: unknown): value is Primitive {
  return value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol');
}

function isCopied(value: object): boolean {
  return copied.some((isOne) => isOne(value));
}

/** Packs one value; a value met twice is packed once, so that what was one object stays one. */
class Packer {
  readonly nodes: Node[] = [];
  readonly modules = new Set<string>();
  private readonly known = new Map<object, number>();

  pack(value: unknown, path: string): Slot {
    if (isPrimitive(value)) return value;
    if (typeof value === 'symbol') this.refuse(path, 'it is a symbol');
    const known = this.known.get(value as object);
    if (known !== undefined) return { node: known };
    const node = this.nodes.push({ kind: 'copied', value: undefined }) - 1;
    this.known.set(value as object, node);
    this.nodes[node] = this.describe(value as object, path);
    return { node };
  }

  private describe(value: object, path: string): Node {
    if (typeof value === 'function') return this.describeFunction(value, path);
    if (value instanceof Tensor) return describeTensor(value);
    if (isList(value)) return this.describeList(value, path);
    if (isOptions(value)) return { kind: 'record', fields: this.fields(value, path) };
    if (Buffer.isBuffer(value)) return { kind: 'buffer', value };
    if (isCopied(value)) return { kind: 'copied', value };
    if (isMap(value)) {
      const entries = [...value].map(([key, item]): [Slot, Slot] => {
        const at = `${path}.get(${String(key)})`;
        return [this.pack(key, at), this.pack(item, at)];
      });
      return { kind: 'map', entries };
    }
    if (isSet(value)) return { kind: 'set', items: [...value].map((item) => this.pack(item, path)) };
    return this.describeConstant(value, path) ?? this.describeInstance(value, path);
  }

  private describeConstant(value: object, path: string): Node | undefined {
    if (value instanceof Device) return { kind: 'device', type: value.type, index: value.index };
    if (value instanceof Complex) return { kind: 'complex', re: value.re, im: value.im };
    if (value instanceof DType) return { kind: 'constant', family: 'dtypes', name: value.name };
    if (value instanceof Layout) return { kind: 'constant', family: 'layouts', name: value.name };
    if (value instanceof MemoryFormat) return { kind: 'constant', family: 'memoryFormats', name: value.name };
    if (value instanceof Generator) {
      return { kind: 'generator', state: this.pack(value.get_state(), path), device: String(value.device) };
    }
    return undefined;
  }

  private describeList(list: unknown[], path: string): Node {
    return { kind: 'list', items: list.map((item, i) => this.pack(item, `${path}[${i}]`)), tuple: tupleKind(list) };
  }

  private fields(value: object, path: string): Fields {
    return Object.entries(value).map(([name, item]) => [name, this.pack(item, `${path}.${name}`)] as const);
  }

  private describeFunction(value: object, path: string): Node {
    if (isModule(value)) {
      const hasOwnWay = typeof (value as Customized).__reduce__ === 'function';
      return hasOwnWay ? this.describeInstance(value, path) : this.describeModule(value, path);
    }
    const place = placeOf(value);
    if (place === undefined) {
      const { name } = value as { name: string };
      const what = /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'function';
      this.refuse(path, `${name === '' ? `an anonymous ${what}` : `the ${what} '${name}'`} ${NOT_IMPORTABLE}`);
    }
    this.modules.add(place.module);
    return { kind: 'import', place };
  }

  /** Parameters are shared, the rest is copied. */
  private describeModule(module: Module, path: string): Node {
    this.refusePrivateFields(module, path);
    const { names, hooks } = stateOf(module);
    if (!hooks.isEmpty) this.refuse(path, 'it is a Module with hooks');
    const of = this.pack(module.constructor, path);
    return { kind: 'module', of, fields: this.fields(module, path), names };
  }

  private refusePrivateFields(value: object, path: string): void {
    const found = privateFieldOf(value);
    if (found === undefined) return;
    const advice = 'Give the class a method __reduce__() that returns [class, arguments], to make another there';
    this.refuse(path, `the private field #${found.field} of ${found.type} cannot be read from outside. ${advice}`);
  }

  private describeInstance(value: object, path: string): Node {
    const { __reduce__, __getstate__ } = value as Customized;
    if (typeof __reduce__ === 'function') {
      const [make, args] = __reduce__.call(value);
      return { kind: 'made', of: this.pack(make, path), args: this.pack(args, path) };
    }
    const type = value.constructor as object | undefined;
    if (typeof type !== 'function' || isBuiltin(type)) this.refuse(path, `it is of type ${typeName(value)}`);
    const of = this.pack(type, path);
    if (typeof __getstate__ === 'function') {
      return { kind: 'stateful', of, state: this.pack(__getstate__.call(value), path) };
    }
    this.refusePrivateFields(value, path);
    return { kind: 'instance', of, fields: this.fields(value, path) };
  }

  private refuse(path: string, reason: string): never {
    throw new TypeError(`${path} cannot go to another thread: ${reason}`);
  }
}

const NOT_IMPORTABLE =
  'is not something that another thread could import. Export it from a CommonJS module, or name it in ' +
  'torch.multiprocessing.importable(import.meta.url, { … }) of the ES module that has it; what a closure captures ' +
  'has to become a field of an object';

function isBuiltin(type: object): boolean {
  return /\{\s*\[native code\]\s*\}\s*$/.test(Function.prototype.toString.call(type));
}

function describeTensor(value: Tensor): Node {
  const role = value instanceof Parameter ? 'parameter' : value instanceof ModuleBuffer ? 'buffer' : 'plain';
  const persistent = value instanceof ModuleBuffer && value.persistent;
  return { kind: 'tensor', token: call(native.hand_over, value), role, persistent };
}

/** @throws TypeError that names what cannot go to another thread */
export function pack(value: unknown, name: string): Packed {
  const packer = new Packer();
  try {
    const root = packer.pack(value, name);
    return { nodes: packer.nodes, root, modules: [...packer.modules] };
  } catch (error) {
    withdrawNodes(packer.nodes);
    throw error;
  }
}

function withdrawNodes(nodes: readonly Node[]): void {
  const tokens = nodes.flatMap((node) => (node.kind === 'tensor' ? [node.token] : []));
  if (tokens.length > 0) call(native.withdraw, tokens);
}

/** Frees what nobody has received. */
export function discard(packed: Packed): void {
  withdrawNodes(packed.nodes);
}

/** Makes the values of nodes; one that contains itself finds its unfinished self. */
class Unpacker {
  private readonly made: unknown[] = [];
  private readonly begun: boolean[] = [];

  constructor(private readonly nodes: readonly Node[]) {}

  value(slot: Slot): unknown {
    if (typeof slot !== 'object' || slot === null) return slot;
    const { node } = slot;
    if (!this.begun[node]) {
      this.begun[node] = true;
      this.make(node, this.nodes[node]!);
    }
    return this.made[node];
  }

  private make(at: number, node: Node): void {
    switch (node.kind) {
      case 'copied':
        this.made[at] = node.value;
        return;
      case 'buffer':
        this.made[at] = Buffer.from(node.value.buffer, node.value.byteOffset, node.value.byteLength);
        return;
      case 'tensor':
        this.made[at] = receiveTensor(node);
        return;
      case 'generator': {
        const generator = new Generator(node.device);
        generator.set_state(this.value(node.state) as Tensor);
        this.made[at] = generator;
        return;
      }
      case 'constant':
        this.made[at] = (constants[node.family] as Record<string, object>)[node.name];
        return;
      case 'device':
        this.made[at] = new Device(node.type, node.index);
        return;
      case 'complex':
        this.made[at] = new Complex(node.re, node.im);
        return;
      case 'import':
        this.made[at] = valueAt(node.place);
        return;
      default:
        this.makeContainer(at, node);
    }
  }

  private makeContainer(at: number, node: Node): void {
    switch (node.kind) {
      case 'list': {
        const list: unknown[] = [];
        this.made[at] = list;
        for (const item of node.items) list.push(this.value(item));
        if (node.tuple !== undefined) namedTuple(node.tuple.name, node.tuple.fields)(list);
        return;
      }
      case 'map': {
        const map = new Map<unknown, unknown>();
        this.made[at] = map;
        for (const [key, item] of node.entries) map.set(this.value(key), this.value(item));
        return;
      }
      case 'set': {
        const set = new Set<unknown>();
        this.made[at] = set;
        for (const item of node.items) set.add(this.value(item));
        return;
      }
      case 'record':
        this.made[at] = {};
        this.fill(this.made[at] as object, node.fields);
        return;
      default:
        this.makeInstance(at, node);
    }
  }

  private makeInstance(at: number, node: Node): void {
    if (node.kind === 'module') this.makeModule(at, node);
    if (node.kind !== 'instance' && node.kind !== 'stateful' && node.kind !== 'made') return;
    const type = this.value(node.of) as new (...args: unknown[]) => object;
    if (node.kind === 'made') {
      this.made[at] = new type(...(this.value(node.args) as unknown[]));
      return;
    }
    const instance = Object.create(type.prototype as object) as object;
    this.made[at] = instance;
    if (node.kind === 'instance') this.fill(instance, node.fields);
    else restore(instance, this.value(node.state));
  }

  /** As `deepcopy` makes modules: no constructor runs. */
  private makeModule(at: number, node: Extract<Node, { kind: 'module' }>): void {
    const type = this.value(node.of) as { prototype: object };
    const module = makeCallable(type.prototype) as Module;
    this.made[at] = module;
    this.fill(module, node.fields);
    stateOf(module).names = node.names;
  }

  /** Fields are defined, not assigned: a setter of the class is no field. */
  private fill(object: object, fields: Fields): void {
    for (const [name, slot] of fields) {
      const value = this.value(slot);
      Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
    }
  }
}

function restore(instance: object, state: unknown): void {
  const { __setstate__ } = instance as Customized;
  if (typeof __setstate__ === 'function') __setstate__.call(instance, state);
  else Object.assign(instance, state);
}

function receiveTensor({ token, role, persistent }: Extract<Node, { kind: 'tensor' }>): Tensor {
  const tensor = call(native.take_over, token);
  if (role === 'plain') return tensor;
  return role === 'parameter' ? new Parameter(tensor, tensor.requires_grad) : new ModuleBuffer(tensor, persistent);
}

/** The value, in the thread that received it. */
export function unpack(packed: Packed): unknown {
  try {
    return new Unpacker(packed.nodes).value(packed.root);
  } catch (error) {
    discard(packed);
    throw error;
  }
}
