/** The modules of a program that is traced: native ones with the names and tensors of ours. */
import { native } from '../native/addon';
import { call } from '../native/frame';
import type { NativePart } from '../native/part';
import { type Module, own } from '../nn/modules/module';
import { Tensor } from '../tensor/tensor';
import { partOf } from './values';

/** A class's name as TorchScript has it. */
function classOf(module: Module): string {
  const name = module._get_name().replace(/\W/g, '_');
  return `__torch__.${/^\d/.test(name) || name === '' ? `_${name}` : name}`;
}

/** The tensors that are properties and nothing more: the program has them as attributes. */
export function plainTensors(module: Module): [string, Tensor][] {
  const registered = new Set(
    (['parameters', 'buffers', 'modules'] as const).flatMap((kind) => own(module, kind, true).map(([name]) => name)),
  );
  return Object.entries(Object.getOwnPropertyDescriptors(module)).flatMap(([name, { value }]): [string, Tensor][] =>
    value instanceof Tensor && !registered.has(name) ? [[name, value]] : [],
  );
}

/** Makes the native modules of a module and all inside; one that is reached twice is one. */
export function hierarchyOf(module: Module, made = new Map<Module, NativePart>(), unit: NativePart | null = null) {
  const known = made.get(module) ?? partOf(module);
  if (known !== undefined) return known;
  const part = call(native.script_new_module, classOf(module), unit);
  made.set(module, part);
  for (const kind of ['parameters', 'buffers'] as const) {
    for (const [name, tensor] of own<Tensor | null>(module, kind, true)) {
      call(native.script_register, part, name, kind === 'parameters' ? 'parameter' : 'buffer', tensor);
    }
  }
  for (const [name, tensor] of plainTensors(module)) call(native.script_register, part, name, 'attribute', tensor);
  call(native.script_register, part, 'training', 'attribute', module.training);
  for (const [name, child] of own<Module>(module, 'modules')) {
    call(native.script_register, part, name, 'module', hierarchyOf(child, made, unit ?? part));
  }
  return part;
}

/** The paths of the modules inside, `__module.layer1.0`, as graphs name them. */
export function scopesOf(module: Module): Map<object, string> {
  const scopes = new Map<object, string>();
  const visit = (parent: Module, path: string): void => {
    for (const [name, child] of parent.named_children()) {
      scopes.set(child, `${path}.${name}`);
      visit(child, `${path}.${name}`);
    }
  };
  visit(module, '__module');
  return scopes;
}
