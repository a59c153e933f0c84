// Writes the types and the tables of what PyTorch writes in Python: one file for each of its modules.
import { callablesOf, mentions, typeName } from './model.mjs';
import { dictionaries, unchecked } from './overrides.mjs';
import { places } from './places.mjs';

/** @typedef {import('./model.mjs').Callable} Callable */
/** @typedef {import('./model.mjs').Parameter} Parameter */

/**
 * @typedef {object} Table
 * @property {string} module
 * @property {string} [folder] of lib, where it is not the module's own
 * @property {boolean} [checked] it refuses what is no tensor where there must be one
 * @property {boolean} [numbers] it refuses what is no number where the default is one, and what is no pair
 * @property {string[]} [also] modules whose names go into the same file
 * @property {RegExp} [only] the names that are wanted, when not all
 */

/** The functions of torch.func that are about modules. */
const aboutModules = /^(functional_call|replace_all_batch_norm_modules_|stack_module_state)$/;

/** What torch and Tensor have in Python and the operators do not. */
const functional = new RegExp(
  '^(cdist|lobpcg|lu|nonzero|norm|pca_lowrank|split|stft|svd_lowrank|tensordot|unique|unique_consecutive|unravel_index|' +
    'Tensor_(apply_|dim_order|lu|map2_|map_|module_load|nonzero|norm|resize_as|split|stft|unflatten|unique|unique_consecutive))$',
);

/** The modules whose functions and classes read their arguments by the tables. @type {Table[]} */
const tables = [
  { module: 'torch', folder: 'autograd', only: /^Tensor_(backward|register_hook|register_post_accumulate_grad_hook)$/ },
  { module: 'torch', folder: 'context', only: /^use_deterministic_algorithms$/ },
  { module: 'torch', folder: 'functional', only: functional, checked: true },
  { module: 'torch', folder: 'printing', only: /^set_printoptions$/ },
  { module: 'torch', folder: 'torch', only: /^(asarray|is_complex|is_floating_point|is_signed)$/, checked: true },
  { module: 'torch.accelerator', folder: 'context', only: /^current_accelerator$/ },
  { module: 'torch.amp' },
  { module: 'torch.autograd' },
  { module: 'torch.autograd.forward_ad', checked: true },
  { module: 'torch.autograd.functional' },
  { module: 'torch.autograd.graph' },
  { module: 'torch.autograd.profiler' },
  {
    module: 'torch.distributed',
    only: /^(?!(Backend|BackendConfig|DeviceMesh|GradBucket|breakpoint|init_device_mesh|record_comm|shrink_group)$)/,
  },
  {
    module: 'torch.distributions',
    checked: true,
    also: ['torch.distributions.relaxed_bernoulli', 'torch.distributions.relaxed_categorical'],
  },
  { module: 'torch.distributions.constraints', only: /^(?!dependent|is_dependent)/ },
  { module: 'torch.export', only: /^load$/ },
  { module: 'torch.func', only: aboutModules },
  { module: 'torch.func', folder: 'functorch', only: new RegExp(`^(?!${aboutModules.source.slice(1, -1)}$)`) },
  { module: 'torch.hub', only: /^(download_url_to_file|load_state_dict_from_url|set_dir)$/ },
  {
    module: 'torch.masked',
    only: /^(?!as_masked_tensor$|is_masked_tensor$|masked_tensor$|MaskedTensor$)/,
    checked: true,
  },
  { module: 'torch.nested', only: /^(as_nested_tensor|narrow|nested_tensor)$/, checked: true },
  { module: 'torch.nn' },
  { module: 'torch.nn.attention.flex_attention', only: /^(create_mask|flex_attention)$/, checked: true },
  { module: 'torch.nn.functional', checked: true },
  { module: 'torch.nn.grad' },
  { module: 'torch.nn.init' },
  { module: 'torch.nn.modules.module', only: /^register_module_forward_hook$/ },
  {
    module: 'torch.nn.parallel',
    only: /^(DistributedDataParallel|data_parallel|gather|parallel_apply|replicate|scatter)$/,
  },
  { module: 'torch.nn.utils' },
  { module: 'torch.nn.utils.parametrizations' },
  { module: 'torch.nn.utils.parametrize' },
  { module: 'torch.nn.utils.prune' },
  { module: 'torch.nn.utils.rnn' },
  { module: 'torch.nn.utils.stateless' },
  { module: 'torch.optim', numbers: true },
  { module: 'torch.optim.lr_scheduler', numbers: true },
  { module: 'torch.optim.swa_utils', numbers: true },
  { module: 'torch.profiler' },
  { module: 'torch.quasirandom', folder: 'torch' },
  { module: 'torch.random', folder: 'torch', only: /^fork_rng$/ },
  { module: 'torch.signal.windows' },
  { module: 'torch.sparse', only: /^sum$/, checked: true },
  { module: 'torch.testing', only: /^assert_close$/ },
  { module: 'torch.utils', folder: 'tensor', only: /^swap_tensors$/ },
  { module: 'torch.utils.benchmark' },
  { module: 'torch.utils.checkpoint' },
  { module: 'torch.utils.data' },
  { module: 'torch.utils.flop_counter' },
  { module: 'torch.utils.tensorboard' },
  { module: 'torchvision.transforms.v2', folder: 'vision' },
];

const builtIn = new Set([
  'Record',
  'Exclude',
  'Readonly',
  'ReturnType',
  'Signature',
  'REQUIRED',
  'Iterable',
  'Promise',
  'Infinity',
  'Map',
  'ReadonlyMap',
  'ArrayLike',
  'Set',
  'Iterator',
  'Error',
]);

/** Words that cannot name a place of an argument list: they get an underscore, as in Python. */
const reserved = new Set(['var', 'default', 'function', 'in', 'with', 'class', 'delete', 'enum', 'new', 'this']);

/** @param {string} label @param {string} name */
const isDictionary = (label, name) => dictionaries.includes(name) || dictionaries.includes(`${label}.${name}`);

/** @param {string} name */
const labelOf = (name) => (reserved.has(name) ? `${name}_` : name);

/** @param {Parameter} parameter */
function docOf({ doc, value }) {
  const parts = [doc, value === undefined ? undefined : `Default: ${value}.`].filter((part) => part !== undefined);
  return parts.length > 0 ? `  /** ${parts.join(' ')} */\n` : '';
}

/** @param {Parameter} parameter */
function property(parameter, optional = parameter.value !== undefined) {
  return `${docOf(parameter)}  ${parameter.name}${optional ? '?' : ''}: ${parameter.type};\n`;
}

/** A function among others needs parentheses. @param {string} type @param {string} other */
function either(type, other) {
  if (type === 'unknown') return type;
  const single = type.includes('=>') && !type.startsWith('(') ? `(${type})` : type;
  return `${/^\([^|]*\) => /.test(type) ? `(${type})` : single} | ${other}`;
}

/** The argument lists and the interfaces of one callable. */
export class Types {
  /** @param {Callable} callable */
  constructor({ label, generics, parameters, isClass, more }, name = typeName(label)) {
    this.isClass = isClass;
    this.isOpen = more !== undefined;
    this.name = name;
    this.label = label;
    this.parameters = parameters;
    this.generics = generics === '' ? '' : `<${generics}>`;
    const names = generics.split(/,(?![^<]*>)/).map((each) => each.trim().split(' ')[0]);
    const widest = generics
      .split(/,(?![^<]*>)/)
      .map((each) => (/ extends (.*?)(?: = .*)?$/.exec(each) ?? ['', 'unknown'])[1]);
    this.constraints = generics === '' ? '' : `<${widest.join(', ')}>`;
    this.used = generics === '' ? '' : `<${names.join(', ')}>`;
    this.positional = parameters.filter(({ keyword }) => !keyword);
    this.required = this.positional.filter(({ value }) => value === undefined);
    this.optional = parameters.filter(({ value }) => value !== undefined);
    this.requiredByName = parameters.filter(({ keyword, value }) => keyword && value === undefined);
    this.others = this.positional.filter(({ value }) => value !== undefined);
    this.allOptional = this.required.length + this.requiredByName.length === 0;
    // One list for a class with one required argument: TypeScript can then call a union of such classes. One for a plain
    // object too: what is inferred for it (`load_state_dict(torch.load(f))`) then fits.
    const [first] = this.required;
    this.single =
      (isClass || (first !== undefined && isDictionary(label, first.name))) &&
      this.required.length === 1 &&
      this.requiredByName.length === 0;
    const { optional, requiredByName, required } = this;
    const usedBy = (/** @type {Parameter[]} */ some) =>
      generics !== '' && some.some(({ type }) => mentions(type, generics)) ? this.used : '';
    this.options = `${this.name}Options${usedBy(optional)}`;
    this.named = this.allOptional ? this.options : `${this.name}Arguments${this.used}`;
    this.rest = `${this.name}Rest${usedBy([...required.slice(1), ...requiredByName, ...optional])}`;
  }

  /** @param {string} what @param {'Options' | 'Rest' | 'Arguments'} suffix @param {string} body @param {boolean} extending */
  interface(what, suffix, body, extending) {
    const whole = { Options: this.options, Rest: this.rest, Arguments: this.named }[suffix];
    const generics = whole.endsWith('>') ? this.generics : '';
    const base = extending && this.optional.length > 0 ? ` extends ${this.options}` : '';
    if (body === '' && base !== '') return `export type ${this.name}${suffix}${generics} = ${this.options};\n`;
    return `/** ${what} \`${this.label}\`. */\nexport interface ${this.name}${suffix}${generics}${base} {\n${body}}\n`;
  }

  /** All by position, an object of options in place of any that may be left out. */
  byPosition() {
    const given = this.required.map(
      ({ name, type }) => `${labelOf(name)}: ${this.single ? either(type, this.named) : type}`,
    );
    if (this.requiredByName.length > 0) return [...given, `options: ${this.rest}`];
    const others = this.others.map(({ name, type }) => `${labelOf(name)}?: ${either(type, this.options)}`);
    const last = this.positional.length < this.parameters.length ? [`options?: ${this.options}`] : [];
    return [...given, ...others, ...last];
  }

  /** Some of those that must be given by position, the others by name: `named` stands for the last of them. */
  mixed() {
    const [first, ...others] = this.required;
    if (others.length === 0) return undefined;
    const middle = others
      .slice(0, -1)
      .map(({ name, type }, i) => `${labelOf(name)}${i > 0 ? '?' : ''}: ${either(type, this.rest)}`);
    return [`${labelOf(first.name)}: ${first.type}`, ...middle, `named${middle.length > 0 ? '?' : ''}: ${this.rest}`];
  }

  lists() {
    const byName = this.allOptional || this.single ? undefined : [`args: ${this.named}`];
    return [this.byPosition(), byName, this.mixed()].filter((list) => list !== undefined);
  }

  /** The interfaces of options. */
  interfaces() {
    const [, ...later] = this.required;
    const restOf = [
      ...later.map((parameter, i) => property(parameter, i < later.length - 1)),
      ...this.requiredByName.map((parameter) => property(parameter)),
    ].join('');
    const must = [...this.required, ...this.requiredByName].map((parameter) => property(parameter)).join('');
    return [
      this.optional.length > 0 || this.allOptional
        ? this.interface('The options of', 'Options', this.optional.map((each) => property(each)).join(''), false)
        : '',
      this.allOptional ? '' : this.interface('All arguments by name of', 'Arguments', must, true),
      later.length > 0 || this.requiredByName.length > 0
        ? this.interface('What is left to give by name of', 'Rest', restOf, true)
        : '',
    ].join('');
  }

  text() {
    const wide = this.lists().map((list) => `[${list.join(', ')}]`);
    const args = `/** The argument lists of \`${this.label}\`. */\nexport type ${this.name}Args${this.generics} = ${wide.join(' | ')};\n`;
    const places = this.parameters.map(({ name, type }) => `${labelOf(name)}: ${type}`).join(', ');
    const list = `/** The values of all arguments of \`${this.label}\`, in order. */\nexport type ${this.name}List${this.generics} = [${places}];\n`;
    return [this.interfaces(), this.isOpen ? '' : args, this.isClass ? '' : list].join('');
  }
}

/** @param {Parameter[]} parameters */
export function parametersText(parameters) {
  return `{ ${parameters.map(({ name, value }) => `${name}: ${value ?? 'REQUIRED'}`).join(', ')} }`;
}

/**
 * What types are named after: the label, of a class with `Init` behind it when a function's would be the same
 * (`l1_unstructured` and `L1Unstructured`).
 * @param {Callable} callable @param {Callable[]} all
 */
function nameOfTypes({ label, isClass }, all) {
  const name = typeName(label);
  return isClass && all.some((other) => !other.isClass && typeName(other.label) === name) ? `${name}Init` : name;
}

/** What the reader checks of a value; undefined for nothing. @param {Parameter} parameter @param {Table} table */
function kindOf({ type, value }, { checked, numbers }) {
  if (checked && /^Tensor( \| null)?$/.test(type)) return type;
  if (numbers && /^readonly \[[^,]+, [^,]+\]$/.test(type)) return 'pair';
  if (numbers && /^-?[\d.]/.test(value ?? '')) return type.includes('[]') ? 'number | list' : 'number';
  return undefined;
}

/** @param {Callable} callable @param {Types} types @param {Table} table */
function tableText({ label, errorName, parameters, more }, types, table) {
  const keywords = parameters.filter(({ keyword }) => keyword).length;
  const kinds = parameters
    .filter(({ name }) => !unchecked.includes(`${label}.${name}`))
    .flatMap((parameter) => kindOf(parameter, table)?.replace(/.+/, `${parameter.name}: '$&'`) ?? []);
  const rules = kinds.length > 0 ? `, { ${kinds.join(', ')} }` : '';
  const named = `types.${types.name}${types.allOptional ? 'Options' : 'Arguments'}${types.constraints}`;
  const objects = parameters.filter(({ name }) => isDictionary(label, name)).map(({ name }) => `'${name}'`);
  const last = objects.length > 0 ? `${rules === '' ? ', {}' : rules}, [${objects.join(', ')}]` : rules;
  const own = last !== '' || keywords > 0 ? `, ${keywords}${last}` : '';
  const tail = more === undefined ? own : `, ${keywords}, ${JSON.stringify(more)}`;
  return `export const ${labelOf(label)} = new ${more === undefined ? '' : 'Open'}Signature<${named}${types.isClass ? '' : `, types.${types.name}List${types.constraints}`}>('${errorName}', ${parametersText(parameters)}${tail});\n`;
}

/** The names that a text of types does not declare itself. @param {string} text */
function importedNames(text) {
  const plain = text.replace(/\/\*\*[\s\S]*?\*\//g, '').replace(/'[^'\n]*'/g, '');
  const own = new Set(
    [...plain.matchAll(/export (?:interface|type) (\w+)|[<,] ?(\w+)(?= extends| =)/g)].map(([, a, b]) => a ?? b),
  );
  const names = new Set(plain.match(/\b_?[A-Z]\w*\b(?!\??:)/g));
  return [...names].filter((name) => !own.has(name) && !builtIn.has(name)).sort();
}

/** @param {string} text */
export function importText(text) {
  const wanted = importedNames(text);
  const imports = Object.entries(places).map(([file, names]) => {
    const taken = names.filter((each) => wanted.includes(/** @type {string} */ (each.split(' as ').at(-1))));
    return taken.length > 0 ? `import type { ${taken.join(', ')} } from '../../${file}';\n` : '';
  });
  return imports.join('');
}

/** What defaults are named after. @param {string} tables */
function constantsText(tables) {
  const names = ['dtypes', 'layouts', 'memoryFormats'].filter((name) => tables.includes(`: ${name}.`));
  return names.length > 0 ? `import { ${names.join(', ')} } from '../../base/types';\n` : '';
}

/** @param {string} tables */
function signatureNames(tables) {
  return ['OpenSignature', 'REQUIRED', 'Signature']
    .filter((name) => new RegExp(`\\b${name}\\b`).test(tables))
    .join(', ');
}

const header = (/** @type {string} */ module) =>
  `// Generated by scripts/generate from scripts/generate/python/signatures.json: ${module}.\n`;

/** The folder of its subject: torch.nn.functional is nn/generated/nn_functional. @param {Table} table */
function pathOf({ module, folder }) {
  const names = module.split('.').slice(1);
  return `${folder ?? names[0]}/generated/${names.length > 0 ? names.join('_') : module}`;
}

/**
 * The files of one module: its types, and the tables that read arguments.
 * @param {Table} table
 */
function filesOf(table) {
  const { module, also = [], only = /./ } = table;
  const byLabel = new Map([...also, module].flatMap(callablesOf).map((callable) => [callable.label, callable]));
  const all = [...byLabel.values()].filter(({ label }) => only.test(label));
  const callables = all.map((callable) => ({ callable, types: new Types(callable, nameOfTypes(callable, all)) }));
  const body = callables.map(({ types }) => types.text()).join('\n');
  const path = pathOf(table);
  const file = path.split('/').at(-1);
  const rows = callables.map(({ callable, types }) => tableText(callable, types, table)).join('');
  return {
    [`${path}_types.ts`]: `${header(module)}${importText(body)}\n${body}`,
    [`${path}.ts`]: `${header(module)}import { ${signatureNames(rows)} } from '../../arguments/signature';
${constantsText(rows)}${importText(callables.map(({ types }) => types.constraints).join(' '))}import type * as types from './${file}_types';

export type * from './${file}_types';

${rows}`,
  };
}

/** The generated files by name. @returns {Record<string, string>} */
export function signatureFiles() {
  return Object.assign({}, ...tables.map(filesOf));
}
