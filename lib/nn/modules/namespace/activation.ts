/** torch.nn.modules.activation. */
export * from '../activation';
export { MultiheadAttention } from '../attention';
