/** torch.linalg. https://docs.pytorch.org/docs/2.13/linalg.html */
import { LinAlgError } from './errors';
import { _linalg } from './operators/namespaces';

export const linalg = { ..._linalg, LinAlgError };
