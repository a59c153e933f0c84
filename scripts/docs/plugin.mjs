// TypeDoc's view of the package, made a user's: modules have the names of the package's entries, functions that are
// properties of a table count as functions, members are shown where they are declared, and what begins with an underscore,
// thousands of internal operators among it, is left out. `--gaps` lists what has no comment.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Comment, Converter, ParameterType, ReflectionKind } from 'typedoc';
import { writeParameters } from './parameters.mjs';

/** @typedef {import('typedoc').DeclarationReflection} Declaration */

/** @param {string} name of a module as TypeDoc derives it from its file: `nn/index`, `utils/checkpoint`, `index` */
const entryName = (name) => `tsorch/${name}`.replace(/\/index$/, '');

const lib = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'lib');

/** What the comment at the top of a module's file says. @param {string} name as above */
function headerOf(name) {
  const path = [`${name}.ts`, join(name, 'index.ts')].map((file) => join(lib, file)).find(existsSync);
  const [, text] = (path && /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(path, 'utf8'))) || [];
  return text?.replace(/^ \* ?/gm, '').trim() ?? '';
}

/** @param {Declaration} reflection */
const isHidden = (reflection) =>
  /^_(?!_)/.test(reflection.name) ||
  (reflection.inheritedFrom !== undefined && reflection.parent?.kindOf(ReflectionKind.ClassOrInterface));

/** `torch.add` is a property with a function type, since the table's types are merged with the hand-written ones. */
function becomesFunction(/** @type {Declaration} */ reflection) {
  const declaration = reflection.type?.type === 'reflection' ? reflection.type.declaration : undefined;
  if (!declaration?.signatures || declaration.children) return;
  reflection.kind = ReflectionKind.Function;
  reflection.signatures = declaration.signatures;
  for (const signature of reflection.signatures) {
    signature.parent = reflection;
    signature.name = reflection.name;
  }
  reflection.signatures[0].comment ??= reflection.comment;
  delete reflection.comment;
  delete reflection.type;
}

/** Symbols, and what overrides a method that is documented where it is declared first. */
const speaksForItself = (/** @type {Declaration} */ { name, overwrites, parent }) =>
  overwrites !== undefined || name.startsWith('[') || name === 'toString' || parent?.name === '__type';

/** Whether anything is said of a class, a function or a method, in one overload at least. */
function isDocumented(/** @type {Declaration} */ reflection) {
  const comments = [reflection, ...(reflection.signatures ?? []), reflection.getSignature].map((each) => each?.comment);
  return comments.some((comment) => comment && (comment.summary.length > 0 || comment.blockTags.length > 0));
}

/** @param {import('typedoc').ProjectReflection} project @returns {string[]} */
function gaps(project) {
  const kinds = ReflectionKind.Class | ReflectionKind.Function | ReflectionKind.Method;
  const found = project.getReflectionsByKind(kinds).filter((each) => {
    const reflection = /** @type {Declaration} */ (each);
    return !speaksForItself(reflection) && !isDocumented(reflection);
  });
  return [...new Set(found.map((each) => `${each.sources?.[0]?.fileName ?? ''} ${each.getFullName()}`))].sort();
}

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.options.addDeclaration({ name: 'gaps', help: 'list what has no comment', type: ParameterType.Boolean });
  const listsGaps = () => app.options.getValue(/** @type {never} */ ('gaps'));
  app.converter.on(Converter.EVENT_CREATE_SIGNATURE, (context, signature, declaration) => {
    if (!listsGaps()) writeParameters(context, signature, /** @type {never} */ (declaration));
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const all = /** @type {Declaration[]} */ (
      project.getReflectionsByKind(ReflectionKind.SomeMember | ReflectionKind.SomeValue)
    );
    for (const reflection of all.filter(isHidden)) project.removeReflection(reflection);
    for (const reflection of project.getReflectionsByKind(ReflectionKind.Variable))
      becomesFunction(/** @type {Declaration} */ (reflection));
    for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
      module.comment ??= new Comment([{ kind: 'text', text: headerOf(module.name) }]);
      module.name = entryName(module.name);
      const torch = module.children?.find(({ name }) => name === 'default');
      if (torch) torch.name = 'torch';
    }
  });
  app.converter.on(Converter.EVENT_END, ({ project }) => {
    if (listsGaps()) for (const gap of gaps(project)) console.log(gap);
  });
}
