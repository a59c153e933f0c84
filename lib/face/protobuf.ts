/** Protocol buffers, for what lies beside PyTorch. */
export * from '../files/protobuf';
