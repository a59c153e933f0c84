/** The modules of torch.nn. https://docs.pytorch.org/docs/2.13/nn.html */
export * from './container';
export * from './linear';
export { Module } from './module';
