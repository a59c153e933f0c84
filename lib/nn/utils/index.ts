/** torch.nn.utils. https://docs.pytorch.org/docs/2.13/nn.html#utilities */
export * as rnn from './rnn';
