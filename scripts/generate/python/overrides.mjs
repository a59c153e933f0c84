// What is not as signatures.json says, each with its reason.

/** Callables that are left out: those that this package does not have, or that take anything. */
export const leftOut = [
  'torch.nn.factory_kwargs', // a helper of Python's modules
  // Containers and tensors: their arguments are plain objects and values of any kind, which they look at themselves.
  'torch.nn.Buffer',
  'torch.nn.Container',
  'torch.nn.ModuleDict',
  'torch.nn.ModuleList',
  'torch.nn.ParameterDict',
  'torch.nn.ParameterList',
  'torch.nn.RNNBase', // its first argument, the mode, belongs to its subclasses
];

/** Methods that read their arguments by the tables. */
export const methods = [
  'torch.nn.Embedding.from_pretrained',
  'torch.nn.EmbeddingBag.from_pretrained',
  // Those of many inputs, which hand most of them on. The other modules' forwards have plain parameters.
  'torch.nn.MultiheadAttention.forward',
  'torch.nn.Transformer.forward',
  'torch.nn.TransformerDecoder.forward',
  'torch.nn.TransformerDecoderLayer.forward',
  'torch.nn.TransformerEncoder.forward',
  'torch.nn.TransformerEncoderLayer.forward',
];

/** Defaults that JavaScript cannot write as Python does, by `Callable.name`. */
export const defaults = {
  'Transformer*.activation': "'relu'", // a function in Python, shown by its name
};

/** Parameters of the types of a callable. */
export const generics = {};
