/** torch.onnx: models for other runtimes. https://docs.pytorch.org/docs/2.13/onnx.html */
export type { Example } from './dynamic';
export { OnnxExporterError } from './errors';
export {
  type DynamicShape,
  type DynamicShapes,
  type ExportOptions,
  export,
  ONNXProgram,
  type SaveOptions,
} from './program';
