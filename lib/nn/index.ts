/** torch.nn: modules, parameters, initialisers. https://docs.pytorch.org/docs/2.13/nn.html */
export * as functional from './functional';
export * as init from './init';
export * from './modules';
export { Buffer, Parameter, UninitializedBuffer, UninitializedParameter } from './parameter';
