/** torch.amp.autocast_mode. */
export { autocast, is_autocast_available } from '../context/autocast';
export { custom_bwd, custom_fwd } from './custom';
