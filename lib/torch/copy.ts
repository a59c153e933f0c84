/** Python's module `copy`, for tensors, modules and what holds them. https://docs.python.org/3/library/copy.html */
export { copy, type DeepCopyable, deepcopy, type Memo } from '../tensor/copy';
