/** torch.amp. https://docs.pytorch.org/docs/2.13/amp.html */
export { type AutocastOptions, autocast, is_autocast_available } from './autocast';
export { custom_bwd, custom_fwd } from './custom';
export { GradScaler, type GradScalerOptions, type GradScalerState } from './grad_scaler';
