"""The drift reference beside each model: how its inputs and answers were distributed when it was trained.

Bins are fixed here, from the reference alone, so that a later window is compared by counting it into the same bins.
"""

import numpy

FORMAT_VERSION = 1
MOST_EDGES = 31
# Fewer reference rows a bin than this, and the counts say more about luck than about the distribution.
LEAST_ROWS_PER_BIN = 20
# An edge between two neighbouring values sits here, not halfway. Scalars of 8-bit images lie on a lattice, and halfway
# can be a lattice point: rounding would then decide the bin, differently in two programs. This fraction never is one.
EDGE_POSITION = 0.6180339887


def build_profile(source, features, answers, true_classes, class_labels):
    """`features`: name -> values. `answers`: [N, classes] probabilities of a model that had not seen those rows."""
    predicted = answers.argmax(axis=1)
    rows = len(next(iter(features.values())))
    return {
        "formatVersion": FORMAT_VERSION,
        "rows": rows,
        "source": source,
        "features": [{"name": name, **numeric_profile(values)} for name, values in features.items()],
        "prediction": {
            "kind": "categorical",
            "categories": list(class_labels),
            "counts": numpy.bincount(predicted, minlength=len(class_labels)).tolist(),
        },
        "confidence": numeric_profile(answers.max(axis=1)),
        "performance": {"accuracy": rounded(numpy.mean(predicted == true_classes)), "labelled": len(true_classes)},
    }


def numeric_profile(values):
    """Bin i holds edges[i-1] <= x < edges[i]; the first and the last bin are open. Deviation over N, not N - 1."""
    values = numpy.asarray(values, dtype=numpy.float64)
    edges = quantile_edges(values)
    bins = numpy.searchsorted(edges, values, side="right")
    return {
        "kind": "numeric",
        "edges": edges,
        "counts": numpy.bincount(bins, minlength=len(edges) + 1).tolist(),
        "missing": 0,
        "mean": rounded(values.mean()),
        "standardDeviation": rounded(values.std()),
    }


def quantile_edges(values):
    """Distinct interior quantiles, ascending, each strictly between two values that occur."""
    ordered = numpy.sort(values)
    distinct = numpy.unique(ordered)
    bins = min(MOST_EDGES + 1, max(2, len(ordered) // LEAST_ROWS_PER_BIN))
    edges = []
    for part in range(1, bins):
        above = int(numpy.searchsorted(distinct, ordered[part * len(ordered) // bins]))
        if above == 0:
            continue  # the smallest value fills this quantile: nothing lies below an edge here
        edge = edge_between(distinct[above - 1], distinct[above])
        if not edges or edge > edges[-1]:
            edges.append(edge)
    return edges


def edge_between(below, above):
    exact = below + EDGE_POSITION * (above - below)
    short = rounded(exact)
    return short if below < short < above else float(exact)


def rounded(value):
    """Nine significant digits: all that a float32 carries, and a file one can still read."""
    return float(f"{value:.9g}")


def image_scalars(eight_bit_images):
    """The six drift features of grey images [N, H, W] of bytes. On grey, luma and all three channels are the level."""
    levels = eight_bit_images.astype(numpy.float64)
    brightness = levels.mean(axis=(1, 2)) / 255
    return {
        "brightness": brightness,
        "contrast": levels.std(axis=(1, 2)) / 255,
        "sharpness": laplacian_variance(levels / 255),
        "red": brightness,
        "green": brightness,
        "blue": brightness,
    }


def laplacian_variance(luma):
    """Population variance of up + down + left + right - 4 * centre over the interior pixels; 0 where there are none."""
    if min(luma.shape[1:]) < 3:
        return numpy.zeros(len(luma))
    neighbours = luma[:, :-2, 1:-1] + luma[:, 2:, 1:-1] + luma[:, 1:-1, :-2] + luma[:, 1:-1, 2:]
    return (neighbours - 4 * luma[:, 1:-1, 1:-1]).var(axis=(1, 2))
