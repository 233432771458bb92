"""The UCI handwritten digits as 8-bit PNG files, and the split that every digits version shares."""

import io

import numpy
import torch
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torchvision import transforms

# Chosen once, before any training. Changing it changes what "held out" means, so it never changes.
SPLIT_SEED = 20240229

CLASS_LABELS = [str(digit) for digit in range(10)]
IMAGE_SIZE = 8

# Mean and standard deviation of the training half's pixels after ToTensor, to four decimals (`train_digits.py` verifies them).
PIXEL_MEAN = 0.3057
PIXEL_STANDARD_DEVIATION = 0.3762

# Written into model.json word for word, and built from torchvision below: what is served is what was trained.
PREPROCESSING = [
    {"type": "Grayscale"},
    {"type": "Resize", "size": [IMAGE_SIZE, IMAGE_SIZE], "interpolation": "bilinear"},
    {"type": "ToTensor"},
    {"type": "Normalize", "mean": [PIXEL_MEAN], "std": [PIXEL_STANDARD_DEVIATION]},
]

to_eight_bit_image = transforms.Compose([
    transforms.Grayscale(num_output_channels=1),
    transforms.Resize([IMAGE_SIZE, IMAGE_SIZE], interpolation=transforms.InterpolationMode.BILINEAR),
])
to_unit_tensor = transforms.ToTensor()
normalize = transforms.Normalize([PIXEL_MEAN], [PIXEL_STANDARD_DEVIATION])


def encode_png(grey_levels):
    """One 8x8 array of levels 0..255 as the bytes of a grey PNG file."""
    buffer = io.BytesIO()
    Image.fromarray(grey_levels, mode="L").save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def load_png_files():
    """All 1797 images as PNG bytes, in the order of the data set, and their classes.

    The source has 17 grey levels (0..16); they are stretched to 0..255, because clients send ordinary image files.
    """
    digits = load_digits()
    levels = numpy.rint(digits.images * 255 / 16).astype(numpy.uint8)
    return [encode_png(image) for image in levels], digits.target.astype(numpy.int64)


def decode_png_files(png_files):
    """The last 8-bit images of the preprocessing chain, as [N, 8, 8] bytes: what drift features are measured on."""
    images = [to_eight_bit_image(Image.open(io.BytesIO(png_file))) for png_file in png_files]
    return numpy.stack([numpy.asarray(image) for image in images])


def unit_tensors(eight_bit_images):
    """[N, 1, 8, 8] in 0..1. Normalization comes later: augmentation pads with 0, which must mean background."""
    return torch.stack([to_unit_tensor(image[:, :, None]) for image in eight_bit_images])


def split_halves(classes):
    """Positions of the training half and of the held-out half, each with the same share of every class."""
    training, held_out = train_test_split(
        numpy.arange(len(classes)), test_size=0.5, stratify=classes, random_state=SPLIT_SEED)
    return numpy.sort(training), numpy.sort(held_out)
