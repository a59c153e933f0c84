/** A model cannot be exported. https://docs.pytorch.org/docs/2.13/onnx_export.html */
export class OnnxExporterError extends Error {
  override name = 'OnnxExporterError';
}
