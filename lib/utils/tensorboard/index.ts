/** torch.utils.tensorboard. https://docs.pytorch.org/docs/2.13/tensorboard.html */
export { FileWriter } from './file_writer';
export type { Scalar, TensorLike } from './values';
export { SummaryWriter, type SummaryWriterOptions } from './writer';
