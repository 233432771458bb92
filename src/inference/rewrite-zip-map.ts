import { bytesOf, graphField, modelField, nodeField, type OnnxGraph, readNode, readValue } from './onnx-graph';
import { type Field, messageField, readFields, textField, varintField, writeFields } from './protobuf-wire';

const defaultOpsetVersion = 13;

/** True when the graph turns probabilities into a sequence of maps (what sklearn exports do), which the runtime for Node cannot return. */
export function hasZipMap(graph: OnnxGraph): boolean {
  return graph.nodes.some((node) => node.operator === 'ZipMap');
}

/**
 * The same model with each ZipMap replaced by Identity and its graph output declared as the float tensor [N, classes] that goes into it.
 * The class labels stay readable in the original graph's `classlabels_*`.
 */
export function rewriteZipMap(bytes: Uint8Array): Uint8Array {
  const model = readFields(bytes);
  const zipped = new Set<string>();
  const rewritten = model.map((field): Field => {
    if (field.number !== modelField.graph || field.type !== 'bytes') return field;
    const graph = readFields(field.value).map((part) => rewriteNode(part, zipped));
    return messageField(
      modelField.graph,
      graph.map((part) => rewriteOutput(part, zipped)),
    );
  });
  return writeFields(importsDefaultOpset(model) ? rewritten : [...rewritten, defaultOpset()]);
}

function rewriteNode(field: Field, zipped: Set<string>): Field {
  if (field.number !== graphField.node || field.type !== 'bytes') return field;
  const node = readNode(field.value);
  const [input = '', output = ''] = [node.inputs[0], node.outputs[0]];
  // What passes the maps on passes the tensor on; nodes stand behind those they read from.
  if (node.operator === 'Identity' && zipped.has(input)) zipped.add(output);
  if (node.operator !== 'ZipMap') return field;
  zipped.add(output);
  return messageField(graphField.node, [
    textField(nodeField.input, input),
    textField(nodeField.output, output),
    textField(nodeField.operator, 'Identity'),
  ]);
}

function rewriteOutput(field: Field, zipped: ReadonlySet<string>): Field {
  if (field.number !== graphField.output || field.type !== 'bytes') return field;
  const { name } = readValue(field.value);
  if (!zipped.has(name)) return field;
  const floatTensor = messageField(1, [varintField(1, 1)]);
  return messageField(graphField.output, [textField(1, name), messageField(2, [floatTensor])]);
}

function importsDefaultOpset(model: readonly Field[]): boolean {
  return bytesOf(model, modelField.opsetImport).some((entry) => {
    const domain = bytesOf(readFields(entry), 1)[0];
    return !domain || domain.length === 0 || Buffer.from(domain).toString() === 'ai.onnx';
  });
}

function defaultOpset(): Field {
  return messageField(modelField.opsetImport, [textField(1, ''), varintField(2, defaultOpsetVersion)]);
}
