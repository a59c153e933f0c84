/** torch.export: programs that Python's PyTorch exported. https://docs.pytorch.org/docs/2.13/export.html */

export { GraphModule } from './graph_module';
export { BadProgram } from './json';
export { load } from './load';
export { ExportedProgram } from './program';
export { ExportGraphSignature, type InputSpec, type OutputSpec } from './signature';
