"""Trains the three digits models and writes them, their drift references and the held-out half with the answers."""

import shutil

import numpy
import torch
from sklearn.model_selection import train_test_split

import artifacts
import digits_data as data
import digits_networks as networks
from reference_profile import build_profile, image_scalars

MODEL = "digits"
SEED = 1
# Of the 898 images of the training half. Version 1 learns from ten of each class: enough for about 0.90, so that the first
# version leaves something to improve. The others leave 300 for the reference.
RECIPES = {
    1: (networks.train_linear, 100),
    2: (networks.train_small, 598),
    3: (networks.train_ensemble, 598),
}


def main():
    make_deterministic()
    png_files, classes = data.load_png_files()
    training, held_out = data.split_halves(classes)
    names = [f"{position:04d}.png" for position in held_out]
    images = data.decode_png_files(png_files)
    pixels = data.unit_tensors(images)
    check_normalization(pixels[training])

    write_held_out(names, [png_files[position] for position in held_out], classes[held_out])
    answers = {}
    for version, (recipe, rows) in RECIPES.items():
        network, profile = train_version(recipe, rows, images[training], pixels[training], classes[training])
        write_version(version, network, profile)
        answers[version] = networks.probabilities(network, pixels[held_out])
        accuracy = numpy.mean(answers[version].argmax(axis=1) == classes[held_out])
        print(f"digits {version}: held-out accuracy {accuracy:.4f}, "
              f"on unseen images of the training half {profile['performance']['accuracy']:.4f}", flush=True)
    artifacts.write_expected(MODEL, names, classes[held_out], answers)


def make_deterministic():
    """One thread: the order of a sum decides its last bit, and two threads share the work as they please."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)


def check_normalization(pixels):
    """The constants in digits_data.py must be those of the training half, and of nothing else."""
    assert abs(pixels.mean().item() - data.PIXEL_MEAN) < 1e-4, pixels.mean()
    assert abs(pixels.std().item() - data.PIXEL_STANDARD_DEVIATION) < 1e-4, pixels.std()


def train_version(recipe, rows, images, pixels, classes):
    """A network that learnt from `rows` images, and its reference: features of the whole half, answers on the rest.

    The rest and not cross-validation: two networks of one recipe are equally right but not equally sure of themselves, so
    the confidence of ten fold networks is not this network's, and a drift test would tell them apart on the first day.
    """
    learnt, unseen = train_test_split(numpy.arange(len(classes)), train_size=rows, stratify=classes, random_state=SEED)
    network = recipe(pixels[learnt], classes[learnt], SEED)
    source = (f"The training half ({len(classes)} images) of the UCI handwritten digits; prediction, confidence and "
              f"performance from the {len(unseen)} of them that this version did not learn from.")
    profile = build_profile(
        source, image_scalars(images), networks.probabilities(network, pixels[unseen]), classes[unseen], data.CLASS_LABELS)
    return network, profile


def write_version(version, network, profile):
    directory = artifacts.version_directory(MODEL, version)
    scores = "probabilities" if isinstance(network, networks.LinearNetwork) else "logits"
    torch.onnx.export(
        network, torch.zeros(1, 1, data.IMAGE_SIZE, data.IMAGE_SIZE), str(directory / "model.onnx"), opset_version=13,
        input_names=["image"], output_names=[scores], dynamic_axes={"image": {0: "N"}, scores: {0: "N"}})
    artifacts.check_graph(directory / "model.onnx")
    manifest = {
        "kind": "image",
        "task": "classification",
        "classLabels": data.CLASS_LABELS,
        "preprocessing": data.PREPROCESSING,
        "layout": "NCHW",
        "output": {"name": scores, "scores": scores},
    }
    if version == 1:
        manifest["champion"] = True
    artifacts.write_json(directory / "model.json", manifest)
    artifacts.write_json(directory / "reference-profile.json", profile)


def write_held_out(names, png_files, classes):
    directory = artifacts.demo_directory(MODEL)
    shutil.rmtree(directory / "images", ignore_errors=True)
    images = artifacts.made(directory / "images")
    for name, png_file in zip(names, png_files):
        (images / name).write_bytes(png_file)
    artifacts.write_labels(directory / "labels.csv", "file", names, classes)


if __name__ == "__main__":
    main()
