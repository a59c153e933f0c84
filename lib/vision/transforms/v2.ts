/** torchvision.transforms.v2. https://docs.pytorch.org/vision/0.28/transforms.html */
export {
  ColorJitter,
  GaussianBlur,
  Grayscale,
  RandomAdjustSharpness,
  RandomAutocontrast,
  RandomEqualize,
  RandomErasing,
  RandomGrayscale,
  RandomInvert,
  RandomPosterize,
  RandomSolarize,
  RGB,
} from './color';
export { Compose, RandomApply, RandomChoice, RandomOrder, type Step } from './containers';
export {
  ConvertImageDtype,
  Identity,
  Lambda,
  Normalize,
  PILToTensor,
  ToDtype,
  ToImage,
  ToPILImage,
  ToPureTensor,
  ToTensor,
} from './conversion';
export * as functional from './functional';
export { InterpolationMode } from './functional/interpolation';
export {
  CenterCrop,
  FiveCrop,
  Pad,
  RandomAffine,
  RandomCrop,
  RandomHorizontalFlip,
  RandomPerspective,
  RandomResizedCrop,
  RandomRotation,
  RandomVerticalFlip,
  Resize,
  TenCrop,
} from './geometry';
export { Transform } from './transform';
