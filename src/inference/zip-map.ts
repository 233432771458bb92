import type { GraphNode, OnnxGraph } from './onnx-graph';

/** The node that makes this value, behind those of the operators in `passing`, which only pass it on. */
export function makerOf({ nodes }: OnnxGraph, name: string, passing: ReadonlySet<string>): GraphNode | undefined {
  const producerOf = (value: string) => nodes.find((node) => node.outputs.includes(value));
  let node = producerOf(name);
  // A file may go in circles; the runtime will say so.
  for (let steps = 0; node && passing.has(node.operator) && steps < nodes.length; steps++) node = producerOf(node.inputs[0] ?? '');
  return node;
}

const identity: ReadonlySet<string> = new Set(['Identity']);

/** The ZipMap that makes this value, perhaps with Identity behind it; null: none does. */
export function zippedBy(graph: OnnxGraph, name: string): GraphNode | null {
  const node = makerOf(graph, name, identity);
  return node?.operator === 'ZipMap' ? node : null;
}
