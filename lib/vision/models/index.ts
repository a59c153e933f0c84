/** torchvision.models: image classification. https://docs.pytorch.org/vision/0.28/models.html */
export { AlexNet, type AlexNetOptions, alexnet } from './alexnet';
export type { NormLayer } from './layers';
export { MobileNetV2, type MobileNetV2Options, mobilenet_v2 } from './mobilenetv2';
export {
  BasicBlock,
  Bottleneck,
  ResNet,
  type ResNetOptions,
  resnet18,
  resnet34,
  resnet50,
  resnet101,
  resnet152,
  resnext50_32x4d,
  wide_resnet50_2,
} from './resnet';
export {
  VGG,
  type VGGOptions,
  vgg11,
  vgg11_bn,
  vgg13,
  vgg13_bn,
  vgg16,
  vgg16_bn,
  vgg19,
  vgg19_bn,
} from './vgg';
export type { WeightsOptions } from './weights';
