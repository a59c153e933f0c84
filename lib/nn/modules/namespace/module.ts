/** torch.nn.modules.module. */
export * from '../global_hooks';
export { Module } from '../module';
