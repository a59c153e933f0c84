/** torch.nn.modules: the modules, and their files by name as far as users need them. */
export * from '.';
export * as batchnorm from './batchnorm';
export * as conv from './conv';
export * as lazy from './lazy';
export * as module from './module_namespace';
export * as rnn from './rnn';
