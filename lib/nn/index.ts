/** torch.nn: modules, parameters, initialisers. https://docs.pytorch.org/docs/2.13/nn.html */
import { explainLeftOut } from '../base/left_out';
import * as layers from './modules';
import { nameForwards } from './modules/forward_names';

export * as attention from './attention';
export * as functional from './functional';
export * as grad from './grad';
export * as init from './init';
export * from './modules';
export * as modules from './modules/namespace';
export * as parallel from './parallel';
export { DataParallel } from './parallel/data_parallel';
export * as parameter from './parameter';
export { Buffer, Parameter, UninitializedBuffer, UninitializedParameter } from './parameter';
export * as utils from './utils';

nameForwards(layers);

explainLeftOut('torch.nn', exports as object);
