/** torch.jit: programs of TorchScript. https://docs.pytorch.org/docs/2.13/jit.html */

export { Error, TracerWarning, TracingCheckError } from './errors';
export { type FreezeOptions, type FusionStrategy, freeze, optimize_for_inference, set_fusion_strategy } from './freeze';
export { ScriptFunction, ScriptMethod } from './function';
export { Graph, type GraphBlock, type GraphNode, type GraphValue } from './graph';
export { type LoadOptions, load, type SaveOptions, save } from './load';
export { ScriptModule, ScriptModule as RecursiveScriptModule } from './module';
export { type Example, type Examples, type TraceModuleOptions, type TraceOptions, trace, trace_module } from './trace';
export { is_scripting, is_tracing } from './tracing';
export { CompilationUnit } from './unit';
export type { ExtraFiles } from './write';
