"""What Pillow and torchvision make of small image files, of FakeData, of grids and of boxes."""

import base64
import io
import json
import os

import numpy as np
import reference  # noqa: F401
import torch
from PIL import Image
from torchvision import datasets, utils

generator = np.random.default_rng(3)


def packed(x):
    x = np.ascontiguousarray(x)
    return {"dtype": str(x.dtype), "shape": list(x.shape), "data": base64.b64encode(x).decode()}


def chw(image):
    x = np.asarray(image)
    return x[None] if x.ndim == 2 else x.transpose(2, 0, 1)


def file_of(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    loaded = Image.open(io.BytesIO(file.getvalue()))
    return {
        "file": base64.b64encode(file.getvalue()).decode(),
        "pixels": packed(chw(loaded)),
        "rgb": None if loaded.mode.startswith("I") else packed(chw(loaded.convert("RGB"))),
        "grey": None if loaded.mode.startswith("I") else packed(chw(loaded.convert("L"))),
    }


def noise(channels, dtype=np.uint8):
    shape = (10, 13, channels) if channels > 1 else (10, 13)
    return generator.integers(0, np.iinfo(dtype).max, shape, dtype=dtype)


smooth = np.stack(np.meshgrid(np.arange(32) * 8, np.arange(24) * 10), -1)
smooth = np.concatenate([smooth, smooth.sum(-1, keepdims=True) // 2], -1).astype(np.uint8)
files = {
    "grey.png": file_of(Image.fromarray(noise(1)), "PNG"),
    "grey_alpha.png": file_of(Image.fromarray(noise(2), "LA"), "PNG"),
    "rgb.png": file_of(Image.fromarray(noise(3)), "PNG"),
    "rgba.png": file_of(Image.fromarray(noise(4)), "PNG"),
    "deep.png": file_of(Image.fromarray(noise(1, np.uint16)), "PNG"),
    "rgb.jpg": file_of(Image.fromarray(smooth), "JPEG", quality=90),
    "grey.jpg": file_of(Image.fromarray(smooth[..., 0]), "JPEG", quality=80),
}
files["deep.png"]["pixels"]["dtype"] = "uint16"

fake = datasets.FakeData(size=3, image_size=(3, 4, 5), num_classes=7, random_offset=2)
batch = torch.rand(5, 3, 4, 6, generator=torch.Generator().manual_seed(1)) * 3 - 1
image = torch.full((3, 12, 15), 100, dtype=torch.uint8)
boxes = torch.tensor([[1, 2, 8, 9], [4, 5, 14, 11]])
golden = {
    "files": files,
    "fake": [[packed(chw(image)), target] for image, target in (fake[i] for i in range(3))],
    "batch": packed(batch.numpy()),
    "grids": [
        {"options": options, "grid": packed(utils.make_grid(batch, **options).numpy())}
        for options in [
            {},
            {"nrow": 3, "padding": 1, "pad_value": 0.5},
            {"nrow": 2, "normalize": True},
            {"normalize": True, "scale_each": True},
            {"normalize": True, "value_range": (-1, 1)},
        ]
    ],
    "boxes": [
        packed(utils.draw_bounding_boxes(image, boxes, colors=[(255, 0, 0), (0, 0, 255)], width=width).numpy())
        for width in (1, 2)
    ],
}
with open(os.path.join(os.path.dirname(__file__), "images.json"), "w") as file:
    json.dump(golden, file)
