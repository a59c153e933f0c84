/** Algorithms above the collectives. */
export * as ddp_comm_hooks from './ddp_comm_hooks';
export { Join, type Joinable, type JoinHook } from './join';
