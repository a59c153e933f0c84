/** torch.export: programs, made of modules here or by Python's PyTorch. https://docs.pytorch.org/docs/2.13/export.html */

export { Dim, dims } from './dim';
export { ExportError } from './errors';
export { type ExportOptions, export } from './export';
export { GraphModule } from './graph_module';
export { BadProgram } from './json';
export { load } from './load';
export { ExportedProgram } from './program';
export { type SaveOptions, save } from './save';
export { ExportGraphSignature, type InputSpec, type OutputSpec } from './signature';
export type { DynamicShape, DynamicShapes, DynamicSize } from './write/dynamic';
