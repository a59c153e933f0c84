// What the operators that programs call most do, with shapes, dtypes and errors, for their doc comments. A name means the
// same as a function and as a method, whose receiver is the function's `input`; `name_` writes into it.

const broadcast =
  'Shapes are broadcast together, dtypes promoted. @throws TorchError for shapes that do not go together';
const elementwise = 'Same shape; integers become the default float dtype.';
const factory = 'Of the default dtype and on the default device, unless `dtype` and `device` say otherwise.';
const dims =
  '`dim` is one dimension or a list, all by default; it is kept with size 1 with `keepdim`. @throws RangeError for a dimension out of range';
const like = 'With the shape, dtype and device of `input`, unless told otherwise.';

/** @type {Readonly<Record<string, string>>} */
export const DESCRIPTIONS = {
  // making tensors
  empty: `A tensor of a shape, with whatever is in its memory. ${factory}`,
  zeros: `A tensor of zeros. ${factory}`,
  ones: `A tensor of ones. ${factory}`,
  full: `A tensor filled with \`fill_value\`. ${factory}`,
  eye: `The identity matrix: (n, m), m = n by default. ${factory}`,
  arange:
    'The numbers from `start` up to, and without, `end`: 1-D; int64 when all are whole. @throws TorchError when `step` leads away from `end`',
  linspace: `\`steps\` numbers at equal distances from \`start\` to \`end\`, both included: 1-D. ${factory}`,
  logspace: `\`steps\` powers of \`base\`, whose exponents are at equal distances: 1-D. ${factory}`,
  rand: `Uniform random numbers in [0, 1). ${factory} @throws TorchError for a dtype that is not floating`,
  randn: `Normal random numbers of mean 0 and variance 1. ${factory} @throws TorchError for a dtype that is not floating`,
  randint:
    'Random whole numbers in [low, high): int64 unless `dtype` says otherwise. @throws TorchError when there is none between them',
  randperm: 'The numbers from 0 to n − 1 in random order: (n,), int64.',
  empty_like: `A tensor with whatever is in its memory. ${like}`,
  zeros_like: `Zeros. ${like}`,
  ones_like: `Ones. ${like}`,
  full_like: `Filled with \`fill_value\`. ${like}`,
  rand_like: `Uniform random numbers in [0, 1). ${like}`,
  randn_like: `Normal random numbers of mean 0 and variance 1. ${like}`,
  new_zeros: 'Zeros of another shape, with the dtype and device of this tensor unless told otherwise.',
  new_ones: 'Ones of another shape, with the dtype and device of this tensor unless told otherwise.',
  new_full:
    'A tensor of another shape filled with `fill_value`, with the dtype and device of this tensor unless told otherwise.',
  new_empty:
    'A tensor of another shape with whatever is in its memory, with the dtype and device of this tensor unless told otherwise.',
  clone: 'A copy with memory of its own; gradients flow through it.',
  bernoulli:
    'Draws 0 or 1 for each element, which is the probability of 1. Same shape and dtype. @throws TorchError for one outside [0, 1]',
  multinomial:
    'Draws `num_samples` indices for each row of weights: (…, n) → (…, num_samples), int64. @throws TorchError for negative weights, or more draws than there are without `replacement`',
  normal: 'Normal random numbers, each with its own mean and standard deviation.',

  // shapes
  view: 'The same memory in another shape; one size may be −1 and follows from the others. @throws TorchError when the strides do not allow it: `reshape` copies then',
  reshape:
    'Another shape, as a view where that is possible, otherwise a copy; one size may be −1. @throws TorchError when the number of elements differs',
  view_as: 'The same memory in the shape of another tensor. @throws TorchError when the strides do not allow it',
  flatten:
    'Joins the dimensions from `start_dim` to `end_dim`, all by default. @throws RangeError for a dimension out of range',
  unflatten: 'Splits one dimension into several; one of their sizes may be −1.',
  squeeze: 'Without the dimensions of size 1, or without those in `dim` that have it. A view.',
  unsqueeze: 'With a new dimension of size 1 at `dim`. A view. @throws RangeError for a place out of range',
  transpose: 'Exchanges two dimensions. A view. @throws RangeError for a dimension out of range',
  t: 'The transpose of a matrix; vectors and numbers as they are. A view. @throws TorchError for more than two dimensions',
  permute: 'The dimensions in another order. A view. @throws TorchError unless each dimension is named once',
  movedim: 'Moves dimensions to other places. A view.',
  expand: 'Repeats dimensions of size 1 without a copy; −1 keeps a size. @throws TorchError for a size that is not 1',
  expand_as: 'Expands to the shape of another tensor.',
  repeat: 'Copies the tensor side by side, so many times along each dimension.',
  repeat_interleave: 'Repeats each element along `dim`, the flattened tensor by default.',
  tile: 'Copies the tensor side by side, so many times along each dimension; missing ones count as 1.',
  contiguous: 'The tensor itself when its elements lie in order, otherwise a copy in order.',
  cat: 'Puts tensors together along `dim`: the other sizes must agree. Dtypes are promoted. @throws TorchError for sizes that differ',
  stack: 'Puts tensors of one shape together along a new dimension. @throws TorchError for shapes that differ',
  chunk: 'Splits into at most `chunks` parts along `dim`. Views.',
  split: 'Splits into parts of a size, or of the sizes in a list, along `dim`. Views.',
  unbind: 'The slices along `dim`, without it. Views.',
  narrow:
    'The part of `dim` that begins at `start` and has `length` elements. A view. @throws TorchError for a part out of range',
  select: 'The slice at one index, without that dimension. A view. @throws RangeError for an index out of range',
  unfold: 'Every window of `size` along a dimension, `step` apart, in a new last dimension. A view.',
  flip: 'Reverses the order along dimensions. A copy.',
  roll: 'Shifts along dimensions; what leaves at the end comes in at the beginning.',
  meshgrid: 'The coordinates of a grid, a tensor for each dimension.',
  diag: 'The diagonal of a matrix, or a matrix with a vector as its diagonal.',
  diagonal: 'The diagonal of two dimensions, as the last dimension. A view.',
  tril: 'The lower triangle of matrices, zeros elsewhere.',
  triu: 'The upper triangle of matrices, zeros elsewhere.',
  broadcast_to: 'Broadcast to a shape, without a copy. @throws TorchError when it does not fit',

  // picking elements
  where: `Elements of \`input\` where \`condition\` (bool) holds, of \`other\` elsewhere; with the condition alone its indices. ${broadcast}`,
  gather:
    'Picks along `dim` the element that `index` (int64) names for each place: the shape of `index`. @throws RangeError for an index out of range',
  scatter_:
    'Writes `src`, or a value, to the places along `dim` that `index` (int64) names. Returns the tensor itself.',
  scatter: 'A copy with `src`, or a value, at the places along `dim` that `index` (int64) names.',
  scatter_add_: 'Adds `src` at the places along `dim` that `index` (int64) names. Returns the tensor itself.',
  index_select:
    'The slices along `dim` that `index` (1-D, int32 or int64) names. @throws RangeError for an index out of range',
  index_add_: 'Adds the slices of `source` to those along `dim` that `index` names. Returns the tensor itself.',
  masked_select: 'The elements where `mask` (bool) holds: 1-D.',
  masked_fill: 'A copy with `value` where `mask` (bool) holds.',
  masked_fill_: 'Writes `value` where `mask` (bool) holds. Returns the tensor itself.',
  take: 'The elements at indices of the flattened tensor.',
  nonzero: 'The places that are not 0.',
  topk: 'The `k` largest elements along `dim`, or with `largest: false` the smallest, and their indices (int64). @throws TorchError when there are not so many',
  sort: 'Sorted along `dim`, and where each element was (int64).',
  argsort: 'The indices that would sort along `dim`: int64.',
  unique: 'The different elements, sorted.',
  searchsorted: 'Where in a sorted sequence each value would go: int64.',

  // arithmetic
  add: `input + alpha · other. ${broadcast}`,
  add_: 'Adds alpha · other in place. Returns the tensor itself. @throws TorchError for a leaf that requires grad, or a dtype that cannot hold the result',
  sub: `input − alpha · other. ${broadcast}`,
  mul: `input · other, element by element. ${broadcast}`,
  mul_: 'Multiplies in place. Returns the tensor itself. @throws TorchError for a leaf that requires grad, or a dtype that cannot hold the result',
  div: `input / other; integers become the default float dtype, unless \`rounding_mode\` is 'floor' or 'trunc'. ${broadcast}`,
  div_: 'Divides in place. Returns the tensor itself. @throws TorchError for integers without a `rounding_mode`',
  pow: `input to the power of \`exponent\`. ${broadcast}`,
  neg: 'The negative. @throws TorchError for bool',
  abs: 'The absolute value; of complex numbers the magnitude, a float.',
  exp: `e to the power of each element. ${elementwise}`,
  log: `The natural logarithm. ${elementwise}`,
  sqrt: `The square root. ${elementwise}`,
  rsqrt: `1 over the square root. ${elementwise}`,
  sin: `The sine. ${elementwise}`,
  cos: `The cosine. ${elementwise}`,
  tan: `The tangent. ${elementwise}`,
  tanh: `The hyperbolic tangent. ${elementwise}`,
  sigmoid: `1 / (1 + exp(−x)). ${elementwise}`,
  relu: 'max(0, x). Same shape and dtype. @throws TorchError for bool',
  relu_: 'max(0, x) in place. Returns the tensor itself.',
  round: 'The nearest whole number, half to even; with `decimals` so many places behind the point.',
  floor: 'The largest whole number that is not above.',
  ceil: 'The smallest whole number that is not below.',
  sign: '−1, 0 or 1.',
  clamp: 'Limited to [min, max], numbers or tensors. @throws TorchError when neither is given',
  clamp_: 'Limits to [min, max] in place. Returns the tensor itself.',
  maximum: `The larger of both, element by element. ${broadcast}`,
  minimum: `The smaller of both, element by element. ${broadcast}`,
  lerp: `input + weight · (end − input). ${broadcast}`,
  addcmul: `input + value · tensor1 · tensor2. ${broadcast}`,
  addcdiv: `input + value · tensor1 / tensor2. ${broadcast}`,
  remainder: `The remainder of division, with the sign of the divisor. ${broadcast}`,
  eq: `Whether elements are equal: bool. ${broadcast}`,
  ne: `Whether elements differ: bool. ${broadcast}`,
  gt: `Whether input > other: bool. ${broadcast}`,
  lt: `Whether input < other: bool. ${broadcast}`,
  ge: `Whether input ≥ other: bool. ${broadcast}`,
  le: `Whether input ≤ other: bool. ${broadcast}`,
  isnan: 'Whether elements are NaN: bool.',
  isinf: 'Whether elements are infinite: bool.',
  isfinite: 'Whether elements are finite: bool.',
  allclose:
    'Whether all elements agree: |input − other| ≤ atol + rtol · |other|. @throws TorchError for dtypes that differ',
  isclose: 'Whether elements agree: |input − other| ≤ atol + rtol · |other|: bool.',
  equal: 'Whether two tensors have one shape and the same elements.',
  logical_not: 'Whether elements are 0: bool.',
  logical_and: `Whether both are not 0: bool. ${broadcast}`,
  logical_or: `Whether one is not 0: bool. ${broadcast}`,

  // reductions
  sum: `The sum; of integers and bool as int64. ${dims}`,
  mean: `The mean. ${dims} @throws TorchError for integers without \`dtype\``,
  prod: `The product; of integers and bool as int64. ${dims}`,
  std: `The standard deviation, with \`correction\` 1 by default. ${dims}`,
  var: `The variance, with \`correction\` 1 by default. ${dims}`,
  max: 'The largest element; along `dim` those of each slice and their indices (int64); with another tensor the larger of both. @throws RangeError for a dimension out of range, or an empty one',
  min: 'The smallest element; along `dim` those of each slice and their indices (int64); with another tensor the smaller of both. @throws RangeError for a dimension out of range, or an empty one',
  amax: `The largest elements. ${dims}`,
  amin: `The smallest elements. ${dims}`,
  argmax:
    'The index of the largest element, of the flattened tensor or along `dim`: int64. @throws RangeError for a dimension out of range, or an empty one',
  argmin:
    'The index of the smallest element, of the flattened tensor or along `dim`: int64. @throws RangeError for a dimension out of range, or an empty one',
  median: 'The median, the lower one of two; along `dim` with its indices (int64).',
  all: `Whether all elements are not 0: bool. ${dims}`,
  any: `Whether an element is not 0: bool. ${dims}`,
  norm: 'The norm of all elements, or along dimensions.',
  dist: 'The p-norm of input − other.',
  cumsum: 'The sums up to each element along `dim`; of integers as int64.',
  cumprod: 'The products up to each element along `dim`; of integers as int64.',
  logsumexp: `log(sum(exp(x))), without overflow. ${dims}`,
  softmax: 'exp(x) / sum(exp(x)) along `dim`. Same shape. @throws RangeError for a dimension out of range',
  log_softmax: 'The logarithm of softmax along `dim`, without overflow. Same shape.',
  trace: 'The sum of a matrix’s diagonal.',
  bincount: 'How often each number from 0 on occurs in a 1-D tensor of integers.',

  // linear algebra
  matmul:
    'The matrix product: vectors, matrices, and batches of matrices, whose other dimensions are broadcast. @throws TorchError for sizes or dtypes that do not go together',
  mm: 'The product of two matrices: (n, m) and (m, p) → (n, p). @throws TorchError for sizes or dtypes that do not go together',
  bmm: 'The products of two batches of matrices: (b, n, m) and (b, m, p) → (b, n, p). @throws TorchError for sizes that do not go together',
  mv: 'A matrix times a vector: (n, m) and (m) → (n).',
  dot: 'The sum of products of two vectors. @throws TorchError for lengths or dtypes that differ',
  outer: 'All products of the elements of two vectors: (n) and (m) → (n, m).',
  addmm: 'beta · input + alpha · (mat1 @ mat2).',
  baddbmm: 'beta · input + alpha · (batch1 @ batch2), for each matrix of the batches.',
  det: 'The determinants of square matrices.',
  inverse: 'The inverses of square matrices. @throws LinAlgError for a singular one',
  cross: 'The cross product of vectors of three elements along `dim`.',

  // in place, dtype and device
  to: 'The tensor in another dtype, on another device, or like another tensor; itself when nothing changes. @throws TorchError for a device that libtorch was not built for',
  copy_:
    'Takes the elements of `src`, broadcast and converted. Returns the tensor itself. @throws TorchError when the shape does not fit',
  fill_: 'Fills with a value, a number or a 0-dim tensor. Returns the tensor itself.',
  zero_: 'Fills with zeros. Returns the tensor itself.',
  uniform_:
    'Fills with uniform random numbers in [from, to). Returns the tensor itself. @throws TorchError for integers, or from > to',
  normal_:
    'Fills with normal random numbers. Returns the tensor itself. @throws TorchError for integers, or a negative `std`',
  random_: 'Fills with random whole numbers, of the dtype’s range or in [from, to). Returns the tensor itself.',
  bernoulli_: 'Fills with 0 and 1, the latter with probability `p`. Returns the tensor itself.',
  exponential_: 'Fills with random numbers of the exponential distribution. Returns the tensor itself.',
  detach: 'The same memory, outside the graph: no gradient flows through it.',
  detach_: 'Takes this tensor itself out of the graph that made it. @throws TorchError for a view',
  values: 'The elements that a sparse tensor stores. @throws TorchError for a dense one, or one that is not coalesced',
  indices:
    'The places of the elements that a sparse tensor stores: (sparse dims, count). @throws TorchError unless it is coalesced',
  coalesce: 'A sparse tensor with each place stored once, in order.',
  to_sparse: 'The tensor with only its elements that are not 0 stored; of another layout with `layout`.',
  to_dense: 'A sparse tensor with all its elements stored.',
  embedding: 'The rows of `weight` that `indices` (int32 or int64) name: (*) → (*, size of a row).',
  dropout: 'Zeroes elements with probability `p` while `train`, and scales the others by 1 / (1 − p).',
  conv1d:
    'Convolution: (batch, in, length) → (batch, out, length′). @throws TorchError for channels that do not go together',
  conv2d:
    'Convolution: (batch, in, height, width) → (batch, out, height′, width′). @throws TorchError for channels that do not go together',
};
