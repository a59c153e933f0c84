/** Communication hooks of DistributedDataParallel. https://docs.pytorch.org/docs/2.13/ddp_comm_hooks.html */
export * as default_hooks from './default_hooks';
