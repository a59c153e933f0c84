/** torch.func: transforms of functions. https://docs.pytorch.org/docs/2.13/func.html */
import { explainLeftOut } from '../left_out';
import './custom_function';

export { replace_all_batch_norm_modules_ } from './batch_norm';
export type { VmapInfo } from './custom_function';
export { functional_call, stack_module_state } from './functional_call';
export { type FunctionalizeOptions, functionalize } from './functionalize';
export { grad, grad_and_value, vjp } from './grad';
export { hessian, jacfwd, jacrev } from './jacobian';
export { jvp } from './jvp';
export { linearize } from './linearize';
export { vmap } from './vmap';
export { debug_unwrap } from './wrap';

explainLeftOut('torch.func', exports as object);
