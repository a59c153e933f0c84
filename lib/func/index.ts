/** torch.func: transforms of functions. https://docs.pytorch.org/docs/2.13/func.html */
import { explainLeftOut } from '../base/left_out';
import '../functorch/custom_function';

export type { VmapInfo } from '../functorch/custom_function';
export { type FunctionalizeOptions, functionalize } from '../functorch/functionalize';
export { grad, grad_and_value, vjp } from '../functorch/grad';
export { hessian, jacfwd, jacrev } from '../functorch/jacobian';
export { jvp } from '../functorch/jvp';
export { linearize } from '../functorch/linearize';
export { vmap } from '../functorch/vmap';
export { debug_unwrap } from '../functorch/wrap';
export { replace_all_batch_norm_modules_ } from './batch_norm';
export { functional_call, stack_module_state } from './functional_call';

explainLeftOut('torch.func', exports as object);
