/** torch.export.load: reads what `torch.export.save` writes in Python. */
import { pathOf, withSource } from '../files/places';
import { Archive } from '../serialization/archive';
import { load as loadTensors } from '../serialization/load';
import type { Tensor } from '../tensor/tensor';
import * as signatures from './generated/export';
import { readGraph } from './graph';
import type { Range } from './guards';
import { BadProgram, Json } from './json';
import { CONSTANTS, EXTRA, MODEL, SAMPLES, SCHEMA, WEIGHTS } from './layout';
import { ExportedProgram, type ProgramParts } from './program';
import { ExportGraphSignature, readInputSpec, readOutputSpec } from './signature';
import { Tree } from './tree';
import { Weights } from './weights';

/**
 * Reads a program that Python's `torch.export.save` wrote, from its path or its bytes. Its weights are mapped from the
 * file. Nothing in the file runs code: its graph calls libtorch's operators, and `ExportedProgram.module()` runs it.
 * https://docs.pytorch.org/docs/2.13/user_guide/torch_compiler/export/api_reference.html#torch.export.load
 * @throws BadProgram for a file that is none, or is damaged
 */
export function load(...args: signatures.LoadArgs): ExportedProgram {
  const { f, extra_files, expected_opset_version } = signatures.load.read(args);
  return withSource(f, 'f', pathOf(f) === undefined ? false : 'private', (source) => {
    if (!Archive.is(source)) throw new BadProgram('the file is no zip archive, as torch.export.save writes');
    const archive = new Archive(source, pathOf(f) !== undefined);
    const program = readProgram(archive, expected_opset_version);
    if (extra_files !== null) {
      for (const name of archive.names(EXTRA)) extra_files[name] = archive.bytes(EXTRA + name).toString();
    }
    return program;
  });
}

function readProgram(archive: Archive, expected: Readonly<Record<string, number>> | null): ExportedProgram {
  if (!archive.has(MODEL)) throw new BadProgram(`the file has no ${MODEL}: ${otherKind(archive)}`);
  const weights = new Weights(archive);
  const tensors = new Map([...weights.read(...WEIGHTS), ...weights.read(...CONSTANTS)]);
  return programOf(archive.bytes(MODEL).toString(), tensors, samples(archive), expected);
}

/** The program that a text says, with its tensors. */
export function programOf(
  text: string,
  tensors: ReadonlyMap<string, Tensor>,
  example_inputs: ProgramParts['example_inputs'],
  expected: Readonly<Record<string, number>> | null = null,
): ExportedProgram {
  const json = Json.parse(text, MODEL);
  checkVersion(json);
  const module = json.at('graph_module');
  const [input, output] = structures(module);
  return new ExportedProgram({
    text,
    graph: readGraph(module.at('graph')),
    graph_signature: new ExportGraphSignature(
      module.at('signature').at('input_specs').list().map(readInputSpec),
      module.at('signature').at('output_specs').list().map(readOutputSpec),
    ),
    range_constraints: new Map(
      json
        .at('range_constraints')
        .entries()
        .map(([name, range]) => [name, readRange(range)]),
    ),
    in_spec: input,
    out_spec: output,
    tensors,
    opset_version: checkedOpset(json.at('opset_version'), expected),
    torch_version: json.at('torch_version').text(),
    example_inputs,
  });
}

function otherKind(archive: Archive): string {
  if (archive.has('serialized_exported_program.json'))
    return 'PyTorch before 2.8 made it; load and save it with a newer one';
  return archive.names('data/aotinductor/').length > 0
    ? 'it is a compiled package of AOTInductor, which torch._inductor.aoti_load_package runs'
    : 'torch.export.save did not make it';
}

function checkVersion(json: Json): void {
  const version = json.at('schema_version');
  const [major, minor] = [version.at('major').size(), version.at('minor').size()];
  if (major === SCHEMA.major) return;
  throw new BadProgram(
    `the file's schema has version ${major}.${minor}, and ${SCHEMA.major} is read here: export the program again`,
  );
}

function checkedOpset(json: Json, expected: Readonly<Record<string, number>> | null): Record<string, number> {
  const versions = Object.fromEntries(json.entries().map(([name, version]) => [name, version.size()]));
  for (const [name, wanted] of Object.entries(expected ?? {})) {
    if (versions[name] === wanted) continue;
    throw new BadProgram(`the program is of version ${versions[name]} of the operators ${name}, not ${wanted}`);
  }
  return versions;
}

/** The structure of what the module takes, and of what it gives. */
function structures(module: Json): [input: Tree, output: Tree] {
  const fields = new Map(
    (module.at('treespec_namedtuple_fields').given?.entries() ?? []).map(([name, definition]) => [
      name,
      definition
        .at('field_names')
        .list()
        .map((field) => field.text()),
    ]),
  );
  const whole = module
    .at('module_call_graph')
    .list()
    .find((call) => call.at('fqn').text() === '');
  const signature = whole?.at('signature').given;
  if (signature === undefined) throw new BadProgram('the program does not say how it is called');
  const input = Tree.parse(signature.at('in_spec').text(), fields);
  if (input.children.length !== 2) throw new BadProgram('a program takes arguments by position and by name');
  return [input, Tree.parse(signature.at('out_spec').text(), fields)];
}

function readRange(json: Json): Range {
  return {
    min: json.at('min_val').given?.number() ?? -Infinity,
    max: json.at('max_val').given?.number() ?? Infinity,
  };
}

/** The inputs that were saved with the program, read when somebody asks for them. */
function samples(archive: Archive): () => [unknown[], Record<string, unknown>] | null {
  if (!archive.has(SAMPLES)) return () => null;
  const bytes = Buffer.from(archive.bytes(SAMPLES));
  return () => {
    const value = loadTensors<unknown>(bytes);
    if (!Array.isArray(value) || value.length !== 2) throw new BadProgram('the sample inputs are damaged');
    return value as [unknown[], Record<string, unknown>];
  };
}
