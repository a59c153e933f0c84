/** Noise, for tests. https://docs.pytorch.org/vision/0.28/generated/torchvision.datasets.FakeData.html */
import { Signature, type Values } from '../../face/arguments';
import { _torch } from '../../face/tensors';
import type { Tensor } from '../../tensor/tensor';
import { torch } from '../../torch';
import { to_pil_image } from '../transforms/functional/types';
import { type Transform, type TransformOptions, VisionDataset } from './vision';

export interface FakeDataOptions<Image, Target> extends TransformOptions<Image, Target> {
  size?: number;
  /** Channels, height, width. */
  image_size?: readonly [number, number, number];
  num_classes?: number;
  random_offset?: number;
}

const ofFakeData = new Signature<FakeDataOptions<unknown, unknown>>('FakeData.__init__', {
  size: 1000,
  image_size: [3, 224, 224],
  num_classes: 10,
  transform: null,
  target_transform: null,
  random_offset: 0,
});

/** Images of noise, always the same for an index. */
export class FakeData<Image = Tensor, Target = number> extends VisionDataset<Image, Target> {
  readonly size: number;
  readonly image_size: readonly [number, number, number];
  readonly num_classes: number;
  readonly random_offset: number;

  constructor(
    ...args: [
      size?: number | FakeDataOptions<Image, Target>,
      image_size?: readonly [number, number, number] | FakeDataOptions<Image, Target>,
      num_classes?: number | FakeDataOptions<Image, Target>,
      transform?: Transform<Tensor, Image> | FakeDataOptions<Image, Target>,
      target_transform?: Transform<number, Target> | FakeDataOptions<Image, Target>,
      random_offset?: number | FakeDataOptions<Image, Target>,
    ]
  ) {
    const given = ofFakeData.read(args) as Values<FakeDataOptions<Image, Target>>;
    super('', given);
    this.size = given.size;
    this.image_size = given.image_size;
    this.num_classes = given.num_classes;
    this.random_offset = given.random_offset;
  }

  override __getitem__(index: number): [Image, Target] {
    if (index >= this.size) throw new RangeError('FakeData index out of range');
    const state = torch.get_rng_state();
    torch.manual_seed(index + this.random_offset);
    const noise = _torch.randn([...this.image_size]) as Tensor;
    const target = _torch.randint(0, this.num_classes, [1]).item() as number;
    torch.set_rng_state(state);
    return this.sample(to_pil_image(noise), target);
  }

  override __len__(): number {
    return this.size;
  }
}
