"""Exports a PyTorch checkpoint (.pth) as a model version: model.onnx with a free batch axis, and a minimal model.json.

    python3 training/export_pth.py --checkpoint pets.pth --factory torchvision.models:resnet18 \\
        --factory-options '{"num_classes": 2}' --input-shape 3,224,224 --labels cat,dog --output models/pets/1
"""

import argparse
import importlib
import inspect
import json
import sys
from pathlib import Path

import onnx
import torch

OPSET = 13
INPUT_NAME = "input"
# What training loops wrap the weights in.
WRAPPERS = ["state_dict", "model_state_dict", "model"]
IMAGENET_PREPROCESSING = [
    {"type": "Resize", "size": [224, 224]},
    {"type": "ToTensor"},
    {"type": "Normalize", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]},
]


def main():
    options = parse_arguments()
    shape = [int(size) for size in options.input_shape.split(",")]
    sys.path.insert(0, str(Path.cwd()))
    module = load_module(options.checkpoint, options.factory, json.loads(options.factory_options)).eval()
    output = Path(options.output)
    output.mkdir(parents=True, exist_ok=True)
    export(module, shape, options.scores, output / "model.onnx")
    classes = check_free_batch_axis(output / "model.onnx")
    manifest = build_manifest(shape, options.labels.split(",") if options.labels else None, options.scores, classes)
    (output / "model.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    print(f"Wrote {output / 'model.onnx'} and {output / 'model.json'}. Compare the preprocessing with your training's.")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", required=True, help="the .pth file: a state_dict, bare or wrapped")
    parser.add_argument("--factory", required=True, help="module:function that builds the network, e.g. my_net:build")
    parser.add_argument("--factory-options", default="{}", help="JSON object of keyword arguments for the factory")
    parser.add_argument("--input-shape", required=True, help="without the batch axis, e.g. 3,224,224")
    parser.add_argument("--labels", help="class names in the order of the outputs, separated by commas")
    parser.add_argument("--scores", choices=["logits", "probabilities"], default="logits", help="what the network returns")
    parser.add_argument("--output", required=True, help="directory of the version, e.g. models/pets/1")
    return parser.parse_args()


def load_module(checkpoint, factory, factory_options):
    """Weights only: a pickled module runs code of whoever made it, and breaks when its classes move."""
    module_name, _, function_name = factory.partition(":")
    module = getattr(importlib.import_module(module_name), function_name)(**factory_options)
    weights = torch.load(checkpoint, map_location="cpu", weights_only=True)
    for wrapper in WRAPPERS:
        if isinstance(weights.get(wrapper), dict):
            weights = weights[wrapper]
    # DataParallel prefixes every name.
    module.load_state_dict({name.removeprefix("module."): value for name, value in weights.items()})
    return module


def export(module, shape, output_name, path):
    """Traced with two rows: with one, a batch size that the code wrote down as a constant could pass for an axis of 1."""
    # PyTorch 2.9 and later write with another exporter unless told not to; this one also exists in 1.13.
    classic = {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}
    torch.onnx.export(
        module, torch.zeros(2, *shape), str(path), opset_version=OPSET, input_names=[INPUT_NAME],
        output_names=[output_name], dynamic_axes={INPUT_NAME: {0: "N"}, output_name: {0: "N"}}, **classic)


def check_free_batch_axis(path):
    """Ends with a sentence if the batch size got baked in; else returns the number of outputs a row, None if unknown."""
    model = onnx.load(str(path))
    onnx.checker.check_model(model)
    # The names given at export hide what the graph really computes, so the shape of the output is inferred afresh.
    model.graph.output[0].type.tensor_type.ClearField("shape")
    dimensions = onnx.shape_inference.infer_shapes(model, data_prop=True).graph.output[0].type.tensor_type.shape.dim
    if dimensions and dimensions[0].HasField("dim_value"):
        raise SystemExit(
            f"The network fixes the batch size at {dimensions[0].dim_value}: look for view() or reshape() with a constant.")
    return dimensions[1].dim_value or None if len(dimensions) == 2 else None


def build_manifest(shape, labels, scores, classes):
    if labels and classes and len(labels) != classes:
        raise SystemExit(f"--labels names {len(labels)} classes, the network has {classes} outputs.")
    is_image = len(shape) == 3 and shape[0] == 3
    manifest = {"kind": "image" if is_image else "raw", "task": "classification"}
    if labels:
        manifest["classLabels"] = labels
    if is_image:
        resize = {**IMAGENET_PREPROCESSING[0], "size": shape[1:]}
        manifest.update(preprocessing=[resize, *IMAGENET_PREPROCESSING[1:]], layout="NCHW")
    manifest["output"] = {"name": scores, "scores": scores}
    return manifest


if __name__ == "__main__":
    main()
