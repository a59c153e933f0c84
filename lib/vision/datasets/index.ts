/** torchvision.datasets. https://docs.pytorch.org/vision/0.28/datasets.html */
export { CIFAR10, CIFAR100, type CIFARSource } from './cifar';
export { FakeData, type FakeDataOptions } from './fakedata';
export {
  DatasetFolder,
  type DatasetFolderOptions,
  default_loader,
  type FolderOptions,
  find_classes,
  IMG_EXTENSIONS,
  ImageFolder,
} from './folder';
export {
  EMNIST,
  type EMNISTOptions,
  type EMNISTSplit,
  FashionMNIST,
  KMNIST,
  MNIST,
  type MNISTSource,
  read_idx,
} from './mnist';
export * as utils from './utils';
export { type DownloadableOptions, type TransformOptions, VisionDataset } from './vision';
