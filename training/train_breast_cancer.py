"""Trains the two breast-cancer models and writes them, their drift references and the held-out half with the answers."""

import numpy
import onnx
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import artifacts
from breast_cancer_graphs import forest_graph, logistic_graph
from reference_profile import build_profile

MODEL = "breast-cancer"
CLASS_LABELS = ["malignant", "benign"]
# Chosen once, as for the digits.
SPLIT_SEED = 20240229
SEED = 1
FOLDS = 10


def main():
    table = load_breast_cancer()
    assert list(table.target_names) == CLASS_LABELS
    # Underscores, so that a feature is also a name in a GraphQL object literal.
    feature_names = [name.replace(" ", "_") for name in table.feature_names]
    # What a client sends arrives as float32; training sees the same numbers.
    rows, classes = table.data.astype(numpy.float32), table.target
    training, held_out = train_test_split(
        numpy.arange(len(classes)), test_size=0.5, stratify=classes, random_state=SPLIT_SEED)
    training, held_out = numpy.sort(training), numpy.sort(held_out)

    write_held_out(feature_names, rows[held_out], classes[held_out])
    answers = {}
    for version, (model, to_graph) in enumerate([logistic_version(), forest_version()], start=1):
        unseen_answers = cross_val_predict(
            model, as_doubles(rows[training]), classes[training], method="predict_proba",
            cv=StratifiedKFold(FOLDS, shuffle=True, random_state=SEED))
        model.fit(as_doubles(rows[training]), classes[training])
        features = dict(zip(feature_names, rows[training].T))
        profile = build_profile(source_sentence(len(training)), features, unseen_answers, classes[training], CLASS_LABELS)
        write_version(version, to_graph(model), feature_names, profile)
        answers[version] = model.predict_proba(as_doubles(rows[held_out]))
        accuracy = numpy.mean(answers[version].argmax(axis=1) == classes[held_out])
        print(f"breast-cancer {version}: held-out accuracy {accuracy:.4f}, "
              f"inside the training half {profile['performance']['accuracy']:.4f}")
    artifacts.write_expected(MODEL, range(len(held_out)), classes[held_out], answers)


def logistic_version():
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=1000))
    return pipeline, lambda fitted: logistic_graph(fitted[0], fitted[1])


def forest_version():
    return RandomForestClassifier(n_estimators=100, random_state=SEED), forest_graph


def as_doubles(rows):
    """The scaler would otherwise keep float32 sums; the forest goes back to float32 by itself."""
    return rows.astype(numpy.float64)


def source_sentence(rows):
    return (f"The training half ({rows} rows) of the Breast Cancer Wisconsin (Diagnostic) data. "
            "Predictions are out-of-fold (10-fold cross-validation).")


def write_version(version, graph, feature_names, profile):
    directory = artifacts.version_directory(MODEL, version)
    onnx.save(graph, str(directory / "model.onnx"))
    artifacts.check_graph(directory / "model.onnx")
    manifest = {
        "kind": "tabular",
        "task": "classification",
        "classLabels": CLASS_LABELS,
        "features": [{"name": name, "type": "FP32"} for name in feature_names],
    }
    if version == 1:
        manifest["champion"] = True
    artifacts.write_json(directory / "model.json", manifest)
    artifacts.write_json(directory / "reference-profile.json", profile)


def write_held_out(feature_names, rows, classes):
    """str(float32) is the shortest decimal that reads back as the same float32."""
    directory = artifacts.demo_directory(MODEL)
    lines = [",".join(feature_names)] + [",".join(str(value) for value in row) for row in rows]
    (directory / "rows.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    artifacts.write_labels(directory / "labels.csv", "row", range(len(classes)), classes)


if __name__ == "__main__":
    main()
