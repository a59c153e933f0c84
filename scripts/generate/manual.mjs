// Signatures of functions that Python binds by hand because their Python form differs from the schema,
// and whose call is nevertheless one operator. Those that are more than one operator are written in lib/.

/**
 * [Python signature, operator, out= operator, call]: as in operators.json.
 * @typedef {[string, string, (string | null)?, string[]?]} SignatureEntry
 */

const FACTORY_OPTIONS =
  'ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool requires_grad=False';

/** @type {Record<string, SignatureEntry[]>} */
export const MANUAL_FUNCTIONS = {
  get_device: [['get_device(Tensor input)', 'get_device']],
  nonzero: [['nonzero(Tensor input, *, Tensor? out=None)', 'nonzero', 'nonzero.out']],
  numel: [['numel(Tensor input)', 'numel']],
  // The yaml keeps an overload without step for C++; Python has the one with a default.
  range: [
    [
      `range(Scalar start, Scalar end, Scalar step=1, *, Tensor? out=None, ${FACTORY_OPTIONS})`,
      'range.step',
      'range.out',
    ],
  ],
};

const CONVERSION = 'bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None';

/** @type {Record<string, SignatureEntry[]>} */
export const MANUAL_METHODS = {
  contiguous: [['contiguous(*, MemoryFormat memory_format=contiguous_format)', 'contiguous']],
  // Python names the source `other`, the schema `src`.
  copy_: [['copy_(Tensor other, bool non_blocking=False)', 'copy_', null, ['self', 'other', 'non_blocking']]],
  dim: [['dim()', 'dim']],
  get_device: [['get_device()', 'get_device']],
  is_contiguous: [['is_contiguous(*, MemoryFormat memory_format=contiguous_format)', 'is_contiguous.memory_format']],
  item: [['item()', 'item']],
  ndimension: [['ndimension()', 'dim']],
  nelement: [['nelement()', 'numel']],
  nonzero: [['nonzero()', 'nonzero']],
  numel: [['numel()', 'numel']],
  requires_grad_: [['requires_grad_(bool requires_grad=True)', 'requires_grad_']],
  set_: [
    ['set_()', 'set_'],
    ['set_(Tensor source)', 'set_.source_Tensor'],
    ['set_(Tensor source, int storage_offset, int[] size, int[] stride=[])', 'set_.source_Tensor_storage_offset'],
  ],
  storage_offset: [['storage_offset()', 'storage_offset']],
  // The schemas have device and dtype in other orders, and none has both optional except the packed one.
  to: [
    [`to(Device? device=None, ScalarType? dtype=None, ${CONVERSION})`, 'to.dtype_layout'],
    [`to(ScalarType dtype, ${CONVERSION})`, 'to.dtype'],
    [`to(Tensor tensor, ${CONVERSION})`, 'to.other', null, ['self', 'tensor', 'non_blocking', 'copy', 'memory_format']],
  ],
};

/** Second names of torch functions, kept for programs older than the first ones. */
export const FUNCTION_ALIASES = { dsmm: 'mm', hsmm: 'hspmm', saddmm: 'sspaddmm', spmm: 'mm' };
