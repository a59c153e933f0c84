/** What is wrong with a file, or with tensors that the format cannot hold. */
export class SafetensorError extends Error {
  override name = 'SafetensorError';
}
