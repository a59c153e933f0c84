/** torch.amp. https://docs.pytorch.org/docs/2.13/amp.html */
export { type AutocastOptions, autocast, is_autocast_available } from '../context/autocast';
export * as autocast_mode from './autocast_mode';
export { custom_bwd, custom_fwd } from './custom';
export * as grad_scaler from './grad_scaler';
export { GradScaler, type GradScalerOptions, type GradScalerState } from './grad_scaler';
