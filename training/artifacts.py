"""Where the results go, and how they are written: models/<name>/<version>/ and demo/data/<name>/."""

import json
from pathlib import Path

import numpy
import onnx

REPOSITORY = Path(__file__).resolve().parent.parent


def version_directory(model, version):
    return made(REPOSITORY / "models" / model / str(version))


def demo_directory(model):
    return made(REPOSITORY / "demo" / "data" / model)


def made(directory):
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def write_json(path, value):
    path.write_text(json_text(value) + "\n", encoding="utf-8")


def json_text(value, depth=0):
    """JSON with one line for each key of the two outer levels and for each object of a list: short, and kind to diffs."""
    indent = "  " * (depth + 1)
    if isinstance(value, dict) and depth < 2 and value:
        lines = [f"{indent}{json.dumps(key)}: {json_text(inner, depth + 1)}" for key, inner in value.items()]
        return "{\n" + ",\n".join(lines) + "\n" + "  " * depth + "}"
    if isinstance(value, list) and depth < 2 and value and isinstance(value[0], dict):
        lines = [f"{indent}{json.dumps(inner)}" for inner in value]
        return "[\n" + ",\n".join(lines) + "\n" + "  " * depth + "]"
    return json.dumps(value)


def write_labels(path, column, names, classes):
    lines = [f"{column},label"] + [f"{name},{label}" for name, label in zip(names, classes)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_expected(model, names, true_classes, answers_by_version):
    """The trainer's own answers on the held-out half, one line an answer, so that serving can be held to them."""
    versions = []
    for version, answers in answers_by_version.items():
        predicted = answers.argmax(axis=1)
        lines = [
            f'{json.dumps(str(name))}: {{"class": {choice}, "probabilities": [{numbers(row)}]}}'
            for name, choice, row in zip(names, predicted, answers)
        ]
        accuracy = numpy.mean(predicted == true_classes)
        versions.append(
            f'"{version}": {{ "accuracy": {accuracy:.6f}, "answers": {{\n' + ",\n".join(lines) + "\n} }")
    text = f'{{ "model": "{model}", "versions": {{\n' + ",\n".join(versions) + "\n} }\n"
    json.loads(text)
    (demo_directory(model) / "expected.json").write_text(text, encoding="utf-8")


def numbers(row):
    return ", ".join(f"{value:.9g}" for value in row)


def check_graph(path):
    """What the product promises to load in every onnxruntime since 2022."""
    graph = onnx.load(str(path))
    onnx.checker.check_model(graph)
    opsets = {entry.domain: entry.version for entry in graph.opset_import}
    assert graph.ir_version <= 9 and opsets.get("", 0) <= 17, (graph.ir_version, opsets)
