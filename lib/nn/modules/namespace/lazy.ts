/** torch.nn.modules.lazy. */
export { type LazyModule, LazyModuleMixin } from '../lazy';
