/** Protocol buffers and files of them, for what lies beside PyTorch. */
export * from '../files/protobuf';
export { type Damage, type FoundRecord, record, recordSize, records } from '../files/tfrecord';
