"""Holds the held-out half against each shipped drift reference: one population, so almost nothing may differ.

A two-sample chi-square test of homogeneity over the reference's own bins, corrected over all quantities of a version
(Benjamini-Hochberg, 0.05). Reads only files that ship, so that it also checks what was written.
"""

import csv
import json

import numpy
from PIL import Image
from scipy.stats import chi2_contingency

from artifacts import REPOSITORY
from reference_profile import image_scalars

LEAST_EXPECTED = 5
FALSE_DISCOVERY_RATE = 0.05


def main():
    for model, read_features in [("digits", digits_features), ("breast-cancer", breast_cancer_features)]:
        demo = REPOSITORY / "demo" / "data" / model
        expected = json.loads((demo / "expected.json").read_text(encoding="utf-8"))
        features = read_features(demo)
        for version, held_out in expected["versions"].items():
            path = REPOSITORY / "models" / model / version / "reference-profile.json"
            report(f"{model} {version}", json.loads(path.read_text(encoding="utf-8")), features, held_out["answers"])


def digits_features(demo):
    files = [row["file"] for row in read_csv(demo / "labels.csv")]
    return image_scalars(numpy.stack([numpy.asarray(Image.open(demo / "images" / file)) for file in files]))


def breast_cancer_features(demo):
    rows = read_csv(demo / "rows.csv")
    return {name: numpy.array([row[name] for row in rows], dtype=numpy.float32) for name in rows[0]}


def read_csv(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def report(title, profile, features, answers):
    p_values = {part["name"]: compare_numeric(part, features[part["name"]]) for part in profile["features"]}
    predicted = [answer["class"] for answer in answers.values()]
    current = numpy.bincount(predicted, minlength=len(profile["prediction"]["categories"]))
    p_values["prediction"] = homogeneity(profile["prediction"]["counts"], current)
    p_values["confidence"] = compare_numeric(
        profile["confidence"], [max(answer["probabilities"]) for answer in answers.values()])
    rejected = rejections(p_values)
    lowest = sorted(p_values, key=p_values.get)[:3]
    print(f"{title}: {len(p_values)} quantities, rejected: {', '.join(rejected) or 'none'}; lowest p: "
          + ", ".join(f"{name} {p_values[name]:.4f}" for name in lowest)
          + f"; prediction {p_values['prediction']:.4f}, confidence {p_values['confidence']:.4f}")


def compare_numeric(part, values):
    bins = numpy.searchsorted(part["edges"], numpy.asarray(values, dtype=numpy.float64), side="right")
    return homogeneity(part["counts"], numpy.bincount(bins, minlength=len(part["counts"])))


def homogeneity(reference, current):
    """Neighbouring bins are joined until each expects five rows on both sides; below that chi-square is not chi-square."""
    table = numpy.array([reference, current], dtype=float)
    smaller_share = table.sum(axis=1).min() / table.sum()
    joined = [numpy.zeros(2)]
    for column in table.T:
        if joined[-1].sum() * smaller_share >= LEAST_EXPECTED:
            joined.append(numpy.zeros(2))
        joined[-1] = joined[-1] + column
    if len(joined) > 1 and joined[-1].sum() * smaller_share < LEAST_EXPECTED:
        last = joined.pop()
        joined[-1] = joined[-1] + last
    return chi2_contingency(numpy.array(joined).T, correction=False).pvalue if len(joined) > 1 else 1.0


def rejections(p_values):
    """Benjamini and Hochberg: all up to the largest rank whose p-value is within its share of the rate."""
    ranked = sorted(p_values, key=p_values.get)
    within = [rank for rank, name in enumerate(ranked, start=1)
              if p_values[name] <= FALSE_DISCOVERY_RATE * rank / len(ranked)]
    return ranked[:max(within, default=0)]


if __name__ == "__main__":
    main()
