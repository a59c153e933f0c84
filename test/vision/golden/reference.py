"""torchvision as the reference. Its wheel may be for another build of PyTorch: then its compiled operators, which are not
used here, do not load, and stand-ins let the rest be imported."""

import torch

try:
    import torchvision  # noqa: F401
except RuntimeError:
    library = torch.library.Library("torchvision", "DEF")
    boxes = "(Tensor a, Tensor b, float c) -> Tensor"
    pooled = "(Tensor a, Tensor b, float c, int d, int e, int f, bool g) -> Tensor"
    for name, schema in [("nms", boxes), ("qnms", boxes), ("roi_align", pooled)]:
        library.define(name + schema)
    for name in ["ps_roi_align", "roi_pool", "ps_roi_pool", "deform_conv2d"]:
        for prefix in ["", "_"]:
            library.define(f"{prefix}{name}{'_backward' if prefix else ''}(Tensor a) -> Tensor")
    library.define("_roi_align_backward(Tensor a) -> Tensor")
    import sys

    for name in [name for name in sys.modules if name.startswith("torchvision")]:
        del sys.modules[name]
    import torchvision  # noqa: F401
