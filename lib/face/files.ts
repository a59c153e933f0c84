/** Files with tensors and images in them. */
export { parseObject } from '../files/distinct_json';
export { reading } from '../files/failures';
export { identified } from '../files/identify';
export {
  type DecodeImageOptions,
  decode_image,
  decode_jpeg,
  decode_png,
  encode_jpeg,
  encode_png,
  ImageReadMode,
  jpegBytes,
  pngBytes,
  read_file,
  read_image,
  runCodec,
  write_file,
  write_jpeg,
  write_png,
} from '../files/image';
export { type FileOrBytes, open, pathOf } from '../files/places';
export { BytesSink, isRunning, type Sink, writeFile } from '../files/replace_file';
export { readShardIndex, type ShardIndex } from '../files/shard_index';
export type { Source } from '../files/source';
export { swapBytes } from '../files/swap';
export { tensorBytes } from '../files/tensor_bytes';
export { contiguousStrides, partOf, typed } from '../files/typed';
export { ZipReader } from '../files/zip/reader';
export { ZipWriter } from '../files/zip/writer';
