/** torch.utils. */
export * as benchmark from './benchmark';
export * as checkpoint from './checkpoint';
export * as data from './data';
export * as tensorboard from './tensorboard';
