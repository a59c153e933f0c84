/** torch.masked: functions with a mask for the elements that count. https://docs.pytorch.org/docs/2.13/masked.html */
import { explainLeftOut } from '../base/left_out';

export * from './normalizations';
export * from './reductions';

explainLeftOut('torch.masked', exports as object);
