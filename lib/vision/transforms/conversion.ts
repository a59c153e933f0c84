/** Conversions, and what changes every value alike. https://docs.pytorch.org/vision/0.28/transforms.html#conversion */

import { type DType, dtypes } from '../../base/types';
import { Tensor } from '../../tensor/tensor';
import * as signatures from '../generated/transforms_v2';
import {
  convert_image_dtype,
  normalize,
  pil_to_tensor,
  to_dtype,
  to_image,
  to_pil_image,
  to_tensor,
} from './functional';
import { floatList, Transform } from './transform';

/** Bytes to floats from 0 to 1. https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.ToTensor.html */
export class ToTensor extends Transform {
  override transform(image: Tensor): Tensor {
    return to_tensor(image);
  }
}

/** The image as it is: images are tensors. A matrix gets a channel. */
export class ToImage extends Transform {
  override transform(image: Tensor): Tensor {
    return to_image(image);
  }
}

/** The image as it is: images are tensors. */
export class PILToTensor extends Transform {
  override transform(image: Tensor): Tensor {
    return pil_to_tensor(image);
  }
}

/** Floats from 0 to 1 to bytes. */
export class ToPILImage extends Transform {
  override transform(image: Tensor): Tensor {
    return to_pil_image(image);
  }
}

/** The image as it is. */
export class ToPureTensor extends Transform {
  override transform(image: Tensor): Tensor {
    return image;
  }
}

/** What comes goes. */
export class Identity extends Transform {
  override transform(image: Tensor): Tensor {
    return image;
  }
}

/**
 * Another dtype; with `scale` the brightest value of one becomes that of the other.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.ToDtype.html
 */
export class ToDtype extends Transform {
  dtype: DType;
  scale: boolean;

  constructor(...args: signatures.ToDtypeArgs) {
    super();
    const { dtype, scale } = signatures.ToDtype.read(args);
    this.dtype = dtype;
    this.scale = scale;
  }

  override transform(image: Tensor): Tensor {
    return to_dtype(image, this.dtype, this.scale);
  }

  protected override options() {
    return { scale: this.scale };
  }
}

/** `ToDtype` with scaling. */
export class ConvertImageDtype extends Transform {
  constructor(readonly dtype: DType = dtypes.float32) {
    super();
  }

  override transform(image: Tensor): Tensor {
    return convert_image_dtype(image, this.dtype);
  }
}

/**
 * (image − mean) / std, for each channel.
 * https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.Normalize.html
 */
export class Normalize extends Transform {
  mean: readonly number[];
  std: readonly number[];
  inplace: boolean;

  constructor(...args: signatures.NormalizeArgs) {
    super();
    const { mean, std, inplace } = signatures.Normalize.read(args);
    this.mean = mean;
    this.std = std;
    this.inplace = inplace;
  }

  override transform(image: Tensor): Tensor {
    return normalize(image, this.mean, this.std, this.inplace);
  }

  protected override options() {
    return { mean: floatList(this.mean), std: floatList(this.std), inplace: this.inplace };
  }
}

/** Any function. https://docs.pytorch.org/vision/0.28/generated/torchvision.transforms.v2.Lambda.html */
export class Lambda extends Transform {
  constructor(readonly lambd: (input: Tensor) => unknown) {
    super();
    if (typeof lambd !== 'function') throw new TypeError(`Argument lambd should be callable, got ${typeof lambd}`);
  }

  override forward(image: Tensor): Tensor;
  override forward<Sample extends readonly unknown[]>(...sample: Sample): Sample;
  override forward(image: Tensor): Tensor;
  override forward(...inputs: unknown[]): unknown {
    const lambd = this.lambd as (input: unknown) => unknown;
    if (inputs.length === 1) return lambd(inputs[0]);
    return inputs.map((input) => (input instanceof Tensor ? lambd(input) : input));
  }

  override extra_repr(): string {
    return `${this.lambd.name || '<lambda>'}, types=['object']`;
  }
}
