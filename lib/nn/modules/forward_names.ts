/** The names of the forwards' parameters, for calls such as `linear({ input: x })`. */
import { nameParameters } from './call';
import { Module } from './module';

/** Those that are not just `input`. Attention, transformers and user classes read names themselves. */
const special: Readonly<Record<string, readonly string[]>> = {
  AdaptiveLogSoftmaxWithLoss: ['input_', 'target_'],
  Bilinear: ['input1', 'input2'],
  ConvTranspose1d: ['input', 'output_size?'],
  ConvTranspose2d: ['input', 'output_size?'],
  ConvTranspose3d: ['input', 'output_size?'],
  CosineEmbeddingLoss: ['input1', 'input2', 'target'],
  CosineSimilarity: ['x1', 'x2'],
  CTCLoss: ['log_probs', 'targets', 'input_lengths', 'target_lengths'],
  EmbeddingBag: ['input', 'offsets?', 'per_sample_weights?'],
  GaussianNLLLoss: ['input', 'target', 'var'],
  GRU: ['input', 'hx?'],
  GRUCell: ['input', 'hx?'],
  LSTM: ['input', 'hx?'],
  LSTMCell: ['input', 'hx?'],
  MarginRankingLoss: ['input1', 'input2', 'target'],
  MaxUnpool1d: ['input', 'indices', 'output_size?'],
  MaxUnpool2d: ['input', 'indices', 'output_size?'],
  MaxUnpool3d: ['input', 'indices', 'output_size?'],
  PairwiseDistance: ['x1', 'x2'],
  PoissonNLLLoss: ['log_input', 'target'],
  RMSNorm: ['x'],
  RNN: ['input', 'hx?'],
  RNNCell: ['input', 'hx?'],
  TripletMarginLoss: ['anchor', 'positive', 'negative'],
  TripletMarginWithDistanceLoss: ['anchor', 'positive', 'negative'],
};

/** Those that take anything, plain objects too, or read names themselves. */
const others = new Set([
  'Identity',
  'Module',
  'ModuleDict',
  'ModuleList',
  'MultiheadAttention',
  'ParameterDict',
  'ParameterList',
  'Sequential',
  'Transformer',
  'TransformerDecoder',
  'TransformerDecoderLayer',
  'TransformerEncoder',
  'TransformerEncoderLayer',
]);

function namesOf(name: string): readonly string[] {
  return special[name] ?? (name.endsWith('Loss') || name === 'NLLLoss2d' ? ['input', 'target'] : ['input']);
}

/** Names the parameters of every module's forward. */
export function nameForwards(modules: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(modules)) {
    const forward = typeof value === 'function' ? (value.prototype as { forward?: object }).forward : undefined;
    const missing = forward === undefined || forward === Module.prototype.forward;
    if (!missing && !others.has(name)) nameParameters(forward, namesOf(name.replace(/^Lazy/, '')));
  }
}
