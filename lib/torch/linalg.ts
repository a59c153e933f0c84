/** torch.linalg. https://docs.pytorch.org/docs/2.13/linalg.html */
import { LinAlgError } from '../base/errors';
import { _linalg } from '../tensor/namespaces';

export const linalg = { ..._linalg, LinAlgError };
