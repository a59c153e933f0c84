"""What PyTorch's SummaryWriter writes for some calls: the Summary of each event, as hexadecimal text. Needs tensorboard
and Pillow. Of images all but the PNG file."""

import glob
import json
import os
import tempfile

import torch
from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader
from torch.utils.tensorboard import SummaryWriter

folder = tempfile.mkdtemp()
w = SummaryWriter(folder)
values = torch.tensor([0.0, -1.5, 2.0, 0.25, 1e3, 0.5, 0.5])
w.add_scalar("loss/train", 0.5, 1)
w.add_scalar("zero", 0, 0)
w.add_scalar("new", torch.tensor(1.5), 2, new_style=True)
w.add_scalar("exact", 0.1, 2, new_style=True, double_precision=True)
w.add_tensor("tensor", torch.tensor([[1, -2], [3, 4]]), 3)
w.add_tensor("flags", torch.tensor([True, False]), 3)
w.add_histogram("weights", values, 4)
w.add_histogram("ten", values, 4, bins=10)
w.add_histogram("few", values, 4, bins=10, max_bins=4)
w.add_histogram_raw("raw", 0.0, 2.0, 3, 3.0, 5.0, [1.0, 2.0], [1.0, 2.0], 5)
w.add_image("grey", torch.arange(6).reshape(1, 2, 3) / 5, 6)
w.add_images("several", torch.full((3, 3, 2, 2), 7, dtype=torch.uint8), 6)
w.add_text("note", "**bold** ü", 7)
w.add_audio("tone", torch.tensor([[0.0, 0.5, -0.5, 1.0, -1.0]]), 8, sample_rate=8000)
labels = torch.tensor([0, 1, 1, 0, 1])
predictions = torch.tensor([0.1, 0.9, 0.4, 0.6, 1.0])
w.add_pr_curve("curve", labels, predictions, 9, num_thresholds=5)
w.add_custom_scalars({"losses": {"both": ["Multiline", ["a", "b"]], "band": ["Margin", ["x", "y", "z"]]}})
w.add_hparams(
    {"lr": 0.1, "steps": 10, "name": "sgd", "none": None},
    {"hparam/accuracy": 0.5},
    {"name": ["sgd", "adam"]},
    run_name="run",
    global_step=1,
)
w.close()


def summaries(path):
    found = []
    for event in LegacyEventFileLoader(path).Load():
        if not event.HasField("summary"):
            continue
        for value in event.summary.value:
            if value.HasField("image"):
                value.image.encoded_image_string = b""
        found.append({"step": event.step, "summary": event.summary.SerializeToString().hex()})
    return found


golden = {}
for name in ["", "run"]:
    (path,) = glob.glob(os.path.join(folder, name, "events*"))
    golden[name] = summaries(path)
with open(os.path.join(os.path.dirname(__file__), "golden.json"), "w") as file:
    json.dump(golden, file, indent=1)
