/** torch.masked: functions with a mask for the elements that count. https://docs.pytorch.org/docs/2.13/masked.html */
export * from './normalizations';
export * from './reductions';
