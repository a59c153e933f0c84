// The types of parameters whose annotation is missing, or says less than is known: by name, by `module/name` or by
// `Callable.name`, in which `*` stands for any letters and `?` for one.

export const types = {
  // ---- without an annotation in most places
  device: 'DeviceLike | null',
  dtype: 'DType | null',
  size_average: 'boolean | null',
  reduce: 'boolean | null',
  generator: 'Generator | null',

  // ---- str in Python, one of a few here
  reduction: 'Reduction',
  'GELU.approximate': "'none' | 'tanh'",
  'EmbeddingBag*.mode': 'BagMode',
  'Upsample.mode': "Exclude<InterpolationMode, 'lanczos'>",
  'RNN*.nonlinearity': "'tanh' | 'relu'",
  'Muon.adjust_lr_fn': "'original' | 'match_rms_adamw' | null",
  'LBFGS.line_search_fn': "'strong_wolfe' | null",
  '*Conv1d.padding': "Size1 | 'valid' | 'same'",
  '*Conv2d.padding': "Size2 | 'valid' | 'same'",
  '*Conv3d.padding': "Size3 | 'valid' | 'same'",

  // ---- narrower than the annotation: other values are refused
  '*ConvTranspose?d.padding_mode': "'zeros'",
  padding_mode: 'PaddingMode',
  'MultiMarginLoss.p': '1 | 2',
  'CircularPad3d.padding': 'Size6',

  // ---- calls of modules
  'LSTM.input': 'Tensor | PackedSequence',
  'GRU.input': 'Tensor | PackedSequence',
  'RNN.input': 'Tensor | PackedSequence',
  'LSTM.hx': 'readonly [h: Tensor, c: Tensor] | null',
  'GRU.hx': 'Tensor | null',
  'RNN.hx': 'Tensor | null',
  'CTCLoss.input_lengths': 'Tensor | readonly number[]',
  'CTCLoss.target_lengths': 'Tensor | readonly number[]',

  // ---- modules
  'Embedding*_from_pretrained.embeddings': 'Tensor',
  'Embedding*_from_pretrained.padding_idx': 'number | null',
  'Embedding*_from_pretrained.max_norm': 'number | null',
  'Transformer*.activation': 'Activation',
  'Transformer.custom_*': 'Module | null',
  'TransformerEncoder.encoder_layer': 'Module',
  'TransformerDecoder.decoder_layer': 'Module',
  'LinearCrossEntropyLoss.ignore_index': 'number | null',
  'MultiheadAttention.kdim': 'number | null',
  'MultiheadAttention.vdim': 'number | null',
  'MultiheadAttention.embed_dim': 'number',
  'MultiheadAttention.num_heads': 'number',
  'FractionalMaxPool?d._random_samples': 'Tensor | null',
  'LayerNorm.normalized_shape': 'Size',
  'RMSNorm.normalized_shape': 'Size',
  'RMSNorm.eps': 'number | null',
  'UpsamplingNearest2d.*': 'Size2 | null',
  'UpsamplingBilinear2d.*': 'Size2 | null',
  'AdaptiveAvgPool2d.output_size': 'OptionalSize2',
  'AdaptiveMaxPool2d.output_size': 'OptionalSize2',
  'AdaptiveAvgPool3d.output_size': 'OptionalSize3',
  'AdaptiveMaxPool3d.output_size': 'OptionalSize3',
  'AdaptiveAvgPool1d.output_size': 'Size1',
  'AdaptiveMaxPool1d.output_size': 'Size1',
  'FractionalMaxPool2d.output_*': 'Size2 | null',
  'FractionalMaxPool3d.output_*': 'Size3 | null',
  'Fold.*': 'Size2',
  'Unfold.*': 'Size2',
  'DataParallel.module': 'Module',
  'DataParallel.device_ids': 'readonly DeviceLike[] | null',
  'DataParallel.output_device': 'DeviceLike | null',
  'Parameter.data': 'Tensor | null',
};
