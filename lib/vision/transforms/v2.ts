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
export { CenterCrop, FiveCrop, RandomCrop, RandomResizedCrop, TenCrop } from './crops';
export * as functional from './functional';
export { InterpolationMode } from './functional/interpolation';
export { Pad, Resize } from './sizes';
export { Transform } from './transform';
export {
  RandomAffine,
  RandomHorizontalFlip,
  RandomPerspective,
  RandomRotation,
  RandomVerticalFlip,
} from './warps';
