/** torch.nn.modules.conv. */
export * from '../conv';
export * from '../lazy_conv';
