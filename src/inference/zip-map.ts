import type { GraphNode, OnnxGraph } from './onnx-graph';

export function producerOf({ nodes }: OnnxGraph, name: string): GraphNode | undefined {
  return nodes.find((node) => node.outputs.includes(name));
}

/** The ZipMap that makes this value, perhaps with Identity behind it; null: none does. */
export function zippedBy(graph: OnnxGraph, name: string): GraphNode | null {
  let node = producerOf(graph, name);
  // A file may go in circles.
  for (let steps = 0; node?.operator === 'Identity' && steps < graph.nodes.length; steps++) node = producerOf(graph, node.inputs[0] ?? '');
  return node?.operator === 'ZipMap' ? node : null;
}
