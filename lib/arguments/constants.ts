/** The constants that defaults are named after. */
export { dtypes, layouts, memoryFormats } from '../base/types';
