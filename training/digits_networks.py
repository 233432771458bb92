"""The three digits models, each with its recipe: from pixels and classes to a trained module whose output is one graph."""

import copy

import numpy
import torch
from sklearn.linear_model import LogisticRegression
from torch import nn
from torch.nn import functional

from digits_data import IMAGE_SIZE, normalize

CLASS_COUNT = 10


class LinearNetwork(nn.Module):
    """Version 1: a logistic regression over the 64 pixels. Ends in Softmax, as many classifiers in the wild do."""

    def __init__(self, weights, biases):
        super().__init__()
        self.linear = nn.Linear(IMAGE_SIZE * IMAGE_SIZE, CLASS_COUNT)
        self.linear.weight.data = torch.from_numpy(weights.astype(numpy.float32))
        self.linear.bias.data = torch.from_numpy(biases.astype(numpy.float32))

    def forward(self, image):
        return torch.softmax(self.linear(torch.flatten(image, 1)), dim=1)


class SmallNetwork(nn.Module):
    """Version 2: one convolution with few channels, one hidden layer."""

    def __init__(self, channels=4, hidden=16):
        super().__init__()
        self.convolution = nn.Conv2d(1, channels, 3, padding=1)
        self.hidden = nn.Linear(channels * 16, hidden)
        self.answer = nn.Linear(hidden, CLASS_COUNT)

    def forward(self, image):
        pooled = functional.max_pool2d(functional.relu(self.convolution(image)), 2)
        return self.answer(functional.relu(self.hidden(torch.flatten(pooled, 1))))


def convolution_block(inputs, outputs):
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU())


class DeepNetwork(nn.Module):
    """One member of version 3: four convolutions with batch normalization, which the exporter folds away."""

    def __init__(self, width=16):
        super().__init__()
        self.body = nn.Sequential(
            convolution_block(1, width), convolution_block(width, 2 * width), nn.MaxPool2d(2),
            convolution_block(2 * width, 4 * width), convolution_block(4 * width, 4 * width), nn.MaxPool2d(2))
        self.drop = nn.Dropout(0.3)
        self.answer = nn.Linear(4 * width * 4, CLASS_COUNT)

    def forward(self, image):
        return self.answer(self.drop(torch.flatten(self.body(image), 1)))


class Ensemble(nn.Module):
    """Version 3: the mean of its members' logits, as one graph."""

    def __init__(self, members):
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, image):
        return sum(member(image) for member in self.members) / len(self.members)


def train_linear(pixels, classes, seed):
    """Convex, so the seed decides nothing; it is taken to keep one signature for every recipe."""
    del seed
    flat = normalize(pixels).flatten(1).numpy().astype(numpy.float64)
    fitted = LogisticRegression(C=1.0, max_iter=2000).fit(flat, classes)
    return LinearNetwork(fitted.coef_, fitted.intercept_).eval()


def train_small(pixels, classes, seed):
    torch.manual_seed(seed)
    return fit(SmallNetwork(), pixels, classes, epochs=30, smoothing=0.0, change=lambda batch: batch)


def train_ensemble(pixels, classes, seed):
    members = []
    for member in range(2):
        torch.manual_seed(seed * 100 + member)
        members.append(fit(DeepNetwork(), pixels, classes, epochs=60, smoothing=0.01, change=jitter))
    return Ensemble(members).eval()


def jitter(batch):
    """Each image rotated, sheared, zoomed and shifted a little at random; what comes in from outside is background."""
    count = len(batch)

    def uniform(reach):
        return (torch.rand(count) * 2 - 1) * reach

    angle, shear = uniform(0.22), uniform(0.15)
    zoom_x, zoom_y = 1 + uniform(0.12), 1 + uniform(0.12)
    cosine, sine = torch.cos(angle), torch.sin(angle)
    # The grid spans -1..1 over 8 pixels: 0.2 is 0.8 of a pixel.
    rows = torch.stack([
        torch.stack([zoom_x * cosine, shear - sine, uniform(0.2)], dim=1),
        torch.stack([sine, zoom_y * cosine, uniform(0.2)], dim=1),
    ], dim=1)
    grid = functional.affine_grid(rows, batch.shape, align_corners=False)
    return functional.grid_sample(batch, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def fit(network, pixels, classes, epochs, smoothing, change, peak_rate=0.01, batch_size=32):
    """AdamW on one cycle; the answer is the moving average of the weights, which is calmer than the last step's."""
    targets = torch.from_numpy(classes)
    steps = (len(pixels) + batch_size - 1) // batch_size
    optimizer = torch.optim.AdamW(network.parameters(), lr=peak_rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak_rate, total_steps=epochs * steps, pct_start=0.2)
    average = copy.deepcopy(network)
    for _ in range(epochs):
        network.train()
        for chosen in torch.randperm(len(pixels)).split(batch_size):
            loss = functional.cross_entropy(
                network(normalize(change(pixels[chosen]))), targets[chosen], label_smoothing=smoothing)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            follow(average, network, share=0.01)
    return average.eval()


@torch.no_grad()
def follow(average, network, share):
    """Moves the averaged weights a step towards the present ones. Counters of batch normalization are integers: copied."""
    for kept, present in zip(average.state_dict().values(), network.state_dict().values()):
        if kept.dtype.is_floating_point:
            kept.lerp_(present, share)
        else:
            kept.copy_(present)


@torch.no_grad()
def probabilities(network, pixels):
    """[N, 10]: softmax over logits, or the output itself where the graph already ends in Softmax."""
    scores = network(normalize(pixels))
    return (scores if isinstance(network, LinearNetwork) else torch.softmax(scores, dim=1)).numpy()
