/** torchvision.io. https://docs.pytorch.org/vision/0.28/io.html */
export {
  type DecodeImageOptions,
  decode_image,
  decode_jpeg,
  decode_png,
  encode_jpeg,
  encode_png,
  ImageReadMode,
  read_file,
  read_image,
  write_file,
  write_jpeg,
  write_png,
} from '../../face/files';
