"""
What an ONNX file says, by a reader that shares nothing with ours: decoded by the official schema (package onnx), passed by its checker,
and computed by its operators' definitions in numpy. Writes a golden file that our readers are held equal to.

    python3 score-onnx.py MODEL.onnx ROWS.json > MODEL.numpy.json

ROWS.json is a list of rows. Needs python3-onnx and python3-numpy (made with Debian 12's: onnx 1.12.0, numpy 1.24.2).
"""

import json
import sys

import numpy
import onnx
from onnx import helper, numpy_helper


def tree_ensemble(rows, attributes):
    assert attributes["post_transform"] == b"NONE" and attributes["n_targets"] == 1
    nodes = {}
    columns = ("treeids", "nodeids", "modes", "featureids", "values", "truenodeids", "falsenodeids")
    for tree, node, *rest in zip(*(attributes["nodes_" + name] for name in columns)):
        nodes[tree, node] = rest
    leaves = {}
    for tree, node, weight in zip(*(attributes["target_" + name] for name in ("treeids", "nodeids", "weights"))):
        leaves[tree, node] = weight
    trees = sorted({tree for tree, _ in nodes})
    sums = []
    for row in rows:
        total = 0.0
        for tree in trees:
            node = 0
            while (found := nodes[tree, node])[0] != b"LEAF":
                mode, feature, value, true_node, false_node = found
                assert mode == b"BRANCH_LEQ"
                node = true_node if row[feature] <= numpy.float32(value) else false_node
            total += leaves[tree, node]
        sums.append(total)
    mean = attributes["aggregate_function"] == b"AVERAGE"
    assert mean or attributes["aggregate_function"] == b"SUM"
    base = attributes.get("base_values", [0.0])[0]
    return numpy.array([[total / len(trees) if mean else total] for total in sums]) + base


def compute(node, inputs, attributes):
    if node.op_type == "TreeEnsembleRegressor":
        return tree_ensemble(inputs[0], attributes)
    assert not attributes, "attributes change what an operator does"
    if node.op_type == "Relu":
        return numpy.maximum(inputs[0], 0)
    if node.op_type == "Clip":
        return numpy.minimum(numpy.maximum(inputs[0], inputs[1]), inputs[2])
    if node.op_type == "Gemm":
        return inputs[0] @ inputs[1] + inputs[2]
    arithmetic = {"Sub": numpy.subtract, "Div": numpy.divide, "Mul": numpy.multiply, "Pow": numpy.power}
    return arithmetic[node.op_type](inputs[0], inputs[1])


def main(model_path, rows_path):
    model = onnx.load(model_path)
    onnx.checker.check_model(model, full_check=True)
    with open(rows_path) as file:
        rows = json.load(file)
    values = {model.graph.input[0].name: numpy.array(rows, dtype=numpy.float32)}
    for constant in model.graph.initializer:
        values[constant.name] = numpy_helper.to_array(constant).astype(numpy.float64)
    for node in model.graph.node:
        attributes = {each.name: helper.get_attribute_value(each) for each in node.attribute}
        values[node.output[0]] = compute(node, [values[name] for name in node.input], attributes)
    outputs = {each.name: [float(f"{score:.9g}") for score in values[each.name][:, 0]] for each in model.graph.output}
    source = f"score-onnx.py, onnx {onnx.__version__}, numpy {numpy.__version__}"
    json.dump({"source": source, "rows": rows, **outputs}, sys.stdout)
    sys.stdout.write("\n")


main(*sys.argv[1:])
