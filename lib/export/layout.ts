/** Where things lie in the archive of a program. */

export const MODEL = 'models/model.json';
/** A folder, and the list of what is in it. */
export const WEIGHTS = ['data/weights/', 'data/weights/model_weights_config.json'] as const;
export const CONSTANTS = ['data/constants/', 'data/constants/model_constants_config.json'] as const;
export const SAMPLES = 'data/sample_inputs/model.pt';
export const EXTRA = 'extra/';

/** The version of the files' schema that is read and written here. Another first number means another format. */
export const SCHEMA = { major: 8, minor: 20 } as const;
