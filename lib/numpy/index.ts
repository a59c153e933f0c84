/** NumPy's files, with its names. https://numpy.org/doc/stable/reference/routines.io.html */
export { NpyFormatError } from './format';
export { type LoadOptions, load } from './load';
export { NpzFile } from './npz';
export { save, savez, savez_compressed } from './save';
