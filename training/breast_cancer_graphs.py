"""scikit-learn models as ONNX, laid out node for node as skl2onnx does it: the shape most tabular models arrive in."""

import numpy
from onnx import TensorProto, ValueInfoProto, helper

ML_DOMAIN = "ai.onnx.ml"


def logistic_graph(scaler, classifier):
    """Scaler, LinearClassifier (binary: the negative class has the negated weights), Normalizer, Cast, ZipMap."""
    weights = classifier.coef_.ravel()
    nodes = [
        helper.make_node(
            "Scaler", ["float_input"], ["variable"], name="Scaler", domain=ML_DOMAIN,
            offset=scaler.mean_.tolist(), scale=(1.0 / scaler.scale_).tolist()),
        helper.make_node(
            "LinearClassifier", ["variable"], ["label", "probability_tensor"], name="LinearClassifier", domain=ML_DOMAIN,
            classlabels_ints=labels_of(classifier), coefficients=numpy.concatenate([-weights, weights]).tolist(),
            intercepts=[-classifier.intercept_[0], classifier.intercept_[0]], multi_class=1, post_transform="LOGISTIC"),
        helper.make_node(
            "Normalizer", ["probability_tensor"], ["probabilities"], name="Normalizer", domain=ML_DOMAIN, norm="L1"),
    ]
    return classifier_model(nodes + zip_map_nodes(classifier), scaler.n_features_in_)


def forest_graph(forest):
    """TreeEnsembleClassifier, Cast, ZipMap. Binary: only the second class's share is stored, under class id 0."""
    node = helper.make_node(
        "TreeEnsembleClassifier", ["float_input"], ["label", "probabilities"], name="TreeEnsembleClassifier",
        domain=ML_DOMAIN, classlabels_int64s=labels_of(forest), post_transform="NONE", **tree_attributes(forest))
    return classifier_model([node] + zip_map_nodes(forest), forest.n_features_in_)


def tree_attributes(forest):
    columns = {name: [] for name in [
        "nodes_treeids", "nodes_nodeids", "nodes_featureids", "nodes_modes", "nodes_values", "nodes_truenodeids",
        "nodes_falsenodeids", "nodes_missing_value_tracks_true", "nodes_hitrates",
        "class_treeids", "class_nodeids", "class_ids", "class_weights"]}

    def add(**row):
        for name, value in row.items():
            columns[name].append(value)

    for tree_id, estimator in enumerate(forest.estimators_):
        tree = estimator.tree_
        for node_id in range(tree.node_count):
            is_leaf = tree.children_left[node_id] < 0
            add(nodes_treeids=tree_id, nodes_nodeids=node_id, nodes_missing_value_tracks_true=0, nodes_hitrates=1.0,
                nodes_modes="LEAF" if is_leaf else "BRANCH_LEQ",
                nodes_featureids=0 if is_leaf else int(tree.feature[node_id]),
                nodes_values=0.0 if is_leaf else float32_threshold(tree.threshold[node_id]),
                nodes_truenodeids=0 if is_leaf else int(tree.children_left[node_id]),
                nodes_falsenodeids=0 if is_leaf else int(tree.children_right[node_id]))
            if is_leaf:
                counts = tree.value[node_id].ravel()
                add(class_treeids=tree_id, class_nodeids=node_id, class_ids=0,
                    class_weights=float(counts[1] / counts.sum() / len(forest.estimators_)))
    return columns


def float32_threshold(threshold):
    """The largest float32 not above a double threshold.

    scikit-learn compares a float32 value with a double; this is the one float32 for which every decision stays the same.
    Rounding to the nearest could move it up past a value that belongs on the other side.
    """
    nearest = numpy.float32(threshold)
    if float(nearest) > threshold:
        nearest = numpy.nextafter(nearest, numpy.float32(-numpy.inf))
    return float(nearest)


def labels_of(classifier):
    return [int(label) for label in classifier.classes_]


def zip_map_nodes(classifier):
    return [
        helper.make_node("Cast", ["label"], ["output_label"], name="Cast", to=TensorProto.INT64),
        helper.make_node(
            "ZipMap", ["probabilities"], ["output_probability"], name="ZipMap", domain=ML_DOMAIN,
            classlabels_int64s=labels_of(classifier)),
    ]


def classifier_model(nodes, feature_count):
    graph = helper.make_graph(
        nodes, "sklearn",
        inputs=[helper.make_tensor_value_info("float_input", TensorProto.FLOAT, [None, feature_count])],
        outputs=[
            helper.make_tensor_value_info("output_label", TensorProto.INT64, [None]),
            sequence_of_maps("output_probability"),
        ])
    return helper.make_model(
        graph, producer_name="touchstone-training", ir_version=8,
        opset_imports=[helper.make_opsetid("", 13), helper.make_opsetid(ML_DOMAIN, 1)])


def sequence_of_maps(name):
    """What ZipMap returns: a list with one {label: probability} a row. Spelt out, as onnx 1.12 has no helper for it."""
    output = ValueInfoProto(name=name)
    table = output.type.sequence_type.elem_type.map_type
    table.key_type = TensorProto.INT64
    table.value_type.tensor_type.elem_type = TensorProto.FLOAT
    return output
