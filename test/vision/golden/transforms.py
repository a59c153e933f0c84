"""torchvision's transforms on small images: results, texts, and the random number that comes after."""

import base64
import json
import os

import reference  # noqa: F401
import torch
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as F

S, A = (9, 8), dict(antialias=False)
CLASSES = [
    ["Resize", [5]], ["Resize", [[13, 6]]], ["Resize", [[4, 12]], A], ["Resize", [5], {"max_size": 6}],
    ["Resize", [None], {"max_size": 7}], ["Resize", [[5, 5]], {"interpolation": "nearest"}],
    ["Resize", [[12, 5]], {"interpolation": "bicubic"}], ["Resize", [[5, 4]], {"interpolation": "nearest-exact"}],
    ["Resize", [[12, 15]], {"interpolation": "bicubic", "antialias": False}],
    ["CenterCrop", [5]], ["CenterCrop", [[4, 7]]], ["CenterCrop", [[12, 5]]], ["CenterCrop", [13]],
    ["Pad", [2]], ["Pad", [[1, 3]], {"fill": 7}], ["Pad", [[1, 2, 3, 0]], {"padding_mode": "edge"}],
    ["Pad", [[2, 3]], {"padding_mode": "reflect"}], ["Pad", [3], {"padding_mode": "symmetric"}],
    ["Pad", [[1, 2, 3, 0]], {"fill": [1, 2, 3]}],
    ["RandomCrop", [5]], ["RandomCrop", [6], {"padding": 2}], ["RandomCrop", [[12, 6]], {"pad_if_needed": True}],
    ["RandomCrop", [[9, 4]]], ["RandomCrop", [8], {"padding": [1, 2], "padding_mode": "reflect"}],
    ["RandomHorizontalFlip"], ["RandomHorizontalFlip", [], {"p": 0.9}], ["RandomVerticalFlip", [0.8]],
    ["RandomResizedCrop", [5]], ["RandomResizedCrop", [[6, 4]], {"scale": [0.5, 1.0], "ratio": [2.0, 3.0]}],
    ["RandomResizedCrop", [5], {"scale": [0.9, 1.0], "ratio": [9.0, 9.5]}],
    ["Grayscale"], ["Grayscale", [3]], ["RandomGrayscale", [0.7]],
    ["ColorJitter", [0.5]], ["ColorJitter", [0.4, 0.4, 0.4, 0.3]], ["ColorJitter", [], {"hue": [-0.2, 0.4]}],
    ["ColorJitter", [], {"contrast": [0.2, 0.3]}], ["ColorJitter", [], {"saturation": 3}],
    ["RandomRotation", [30]], ["RandomRotation", [[10, 80]], {"expand": True, "fill": 3}],
    ["RandomRotation", [45], {"interpolation": "bilinear", "center": [2, 3], "fill": [1, 2, 3]}],
    ["RandomRotation", [[90, 90]]], ["RandomRotation", [[90, 90]], {"expand": True}], ["RandomRotation", [[180, 180]]],
    ["RandomAffine", [20, [0.1, 0.3], [0.8, 1.5], 10]],
    ["RandomAffine", [0], {"shear": [1, 9, 2, 8], "interpolation": "bilinear", "fill": 5}],
    ["RandomPerspective", [0.6, 1.0]], ["RandomPerspective", [], {"p": 1.0, "interpolation": "nearest", "fill": 9}],
    ["GaussianBlur", [3]], ["GaussianBlur", [[5, 3], [0.5, 1.5]]], ["GaussianBlur", [3, 0.7]],
    ["RandomErasing", [1.0]], ["RandomErasing", [0.9], {"value": [4, 5, 6], "scale": [0.1, 0.5]}],
    ["RandomErasing", [1.0], {"value": "random"}],
    ["RandomInvert", [0.9]], ["RandomPosterize", [3, 0.9]], ["RandomSolarize", [0.5, 0.9]],
    ["RandomAdjustSharpness", [2.5, 0.9]], ["RandomAdjustSharpness", [0, 1.0]], ["RandomAutocontrast", [0.9]],
    ["RandomEqualize", [0.9]], ["ConvertImageDtype"], ["RGB"], ["ToImage"],
]
FUNCTIONS = [
    ["adjust_brightness", [1.5]], ["adjust_brightness", [2.0]], ["adjust_contrast", [0.3]], ["adjust_contrast", [2.0]],
    ["adjust_saturation", [1.7]], ["adjust_saturation", [2.0]], ["adjust_hue", [0.25]], ["adjust_hue", [-0.5]],
    ["adjust_gamma", [0.7, 1.2]], ["adjust_sharpness", [0.4]], ["crop", [2, 1, 5, 4]], ["crop", [-2, -1, 6, 12]],
    ["crop", [7, 6, 6, 6]], ["rotate", [33]], ["rotate", [-10], {"expand": True}],
    ["affine", [15, [2, -1], 1.2, [5, -3]]], ["hflip", []], ["vflip", []], ["rgb_to_grayscale", []],
    ["gaussian_blur", [3, [0.6]]], ["resized_crop", [1, 2, 5, 4, [7, 7]]], ["invert", []], ["autocontrast", []],
    ["equalize", []], ["posterize", [2]],
    ["perspective", [[[0, 0], [7, 0], [7, 8], [0, 8]], [[1, 1], [6, 0], [7, 7], [0, 8]]]],
]

generator = torch.Generator().manual_seed(5)
images = {
    "uint8": torch.randint(0, 256, (3, *S), generator=generator, dtype=torch.uint8),
    "float32": torch.rand((3, *S), generator=generator),
    "batch": torch.randint(0, 256, (2, 3, *S), generator=generator, dtype=torch.uint8),
    "grey": torch.randint(0, 256, (1, *S), generator=generator, dtype=torch.uint8),
}


def tuples(value):
    return tuple(map(tuples, value)) if isinstance(value, list) else value


def packed(x):
    return {"dtype": str(x.dtype)[6:], "shape": list(x.shape), "data": base64.b64encode(x.contiguous().numpy()).decode()}


def attempt(run):
    torch.manual_seed(7)
    try:
        result = packed(run())
    except (ValueError, TypeError, RuntimeError):
        return "error"
    return {**result, "next": torch.rand(1).item()}


cases = []
for kind, namespace, entries in (("class", v2, CLASSES), ("function", F, FUNCTIONS)):
    for entry in entries:
        name, args, options = entry + [[], {}][len(entry) - 1 :]
        case = {"kind": kind, "name": name, "args": args, "options": options, "results": {}}
        args = [tuples(arg) for arg in args] if kind == "class" else args
        options = {key: tuples(value) for key, value in options.items()}
        for image_name, image in images.items():
            if name == "RandomSolarize" and image_name != "float32":
                continue
            if kind == "class":
                transform = getattr(v2, name)(*args, **options)
                case["text"] = str(transform)
                case["results"][image_name] = attempt(lambda: transform(image.clone()))
            else:
                case["results"][image_name] = attempt(lambda: getattr(F, name)(image.clone(), *args, **options))
        cases.append(case)

with open(os.path.join(os.path.dirname(__file__), "transforms.json"), "w") as file:
    json.dump({"images": {name: packed(image) for name, image in images.items()}, "cases": cases}, file)
