"""Exports torchvision's MobileNetV3-small with random weights, for `npm run bench`: what it answers means nothing, what it costs does.

    python3 training/export_mobilenet.py                       # into bench/models/mobilenetv3-small
    python3 training/export_mobilenet.py --output my/models/mobilenetv3-small
"""

import argparse
import json
from pathlib import Path

import torch
import torchvision

from export_pth import IMAGENET_PREPROCESSING, check_free_batch_axis

SEED = 20260101
OPSET = 17
SIDE = 224
CLASSES = 1000
SPREAD_ROUNDS = 3
REPOSITORY = Path(__file__).resolve().parent.parent


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", default=str(REPOSITORY / "bench" / "models" / "mobilenetv3-small"), help="the model's folder")
    folder = Path(parser.parse_args().output)
    version = folder / "1"
    version.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    network = torchvision.models.mobilenet_v3_small(weights=None)
    spread_answers(network)
    export(network.eval(), version / "model.onnx")
    check_free_batch_axis(version / "model.onnx")
    manifest = {
        "kind": "image",
        "task": "classification",
        "classLabels": [f"class-{index}" for index in range(CLASSES)],
        "preprocessing": IMAGENET_PREPROCESSING,
        "layout": "NCHW",
        "output": {"name": "logits", "scores": "logits"},
    }
    (version / "model.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    # The whole module, pickled: what servers that call torch.load() on a path want.
    torch.save(network, folder / "model.pth")
    print(f"Wrote {version / 'model.onnx'}, model.json beside it, and {folder / 'model.pth'}.")


def spread_answers(network):
    """Untrained, the network answers one class whatever it sees, and a benchmark could not tell a right answer from a mixed-up one.
    So its normalisations learn the statistics of smooth random pictures, and its last layer is centred on them."""
    pictures = torch.nn.functional.interpolate(torch.randn(32, 3, 12, 12), size=(SIDE, SIDE), mode="bicubic")
    network.train()
    with torch.no_grad():
        for normalisation in network.modules():
            if isinstance(normalisation, torch.nn.BatchNorm2d):
                normalisation.momentum = None
        for _ in range(SPREAD_ROUNDS):
            network(pictures)
        network.eval()
        logits = network(pictures)
        last = network.classifier[-1]
        scale = 3 / logits.std(dim=0).mean()
        last.bias.copy_((last.bias - logits.mean(dim=0)) * scale)
        last.weight.mul_(scale)


def export(network, path):
    """Traced with two rows, as export_pth.py does."""
    torch.onnx.export(
        network, torch.zeros(2, 3, SIDE, SIDE), str(path), opset_version=OPSET, input_names=["input"],
        output_names=["logits"], dynamic_axes={"input": {0: "N"}, "logits": {0: "N"}})


if __name__ == "__main__":
    main()
