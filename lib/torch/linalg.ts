/** torch.linalg. https://docs.pytorch.org/docs/2.13/linalg.html */
import { LinAlgError } from '../base/errors';
import type { LinalgFunctions } from '../generated/functions';
import { _linalg } from '../tensor/namespaces';

export const linalg: LinalgFunctions & { LinAlgError: typeof LinAlgError } = { ..._linalg, LinAlgError };
