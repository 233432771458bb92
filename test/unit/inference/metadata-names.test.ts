import { classLabelsOf, featureNamesOf } from '../../../src/inference/metadata-names';
import type { OnnxGraph } from '../../../src/inference/onnx-graph';

const graph = (metadata: Readonly<Record<string, string>>): OnnxGraph => ({
  inputs: [],
  outputs: [],
  nodes: [],
  parameterCount: null,
  metadata: new Map(Object.entries(metadata)),
  externalFiles: [],
});

describe('names in the metadata', () => {
  it.each<[string, string, readonly string[] | null]>([
    ['a list in JSON', '["cat", "dog"]', ['cat', 'dog']],
    ['numbers in JSON', '[7, 9]', ['7', '9']],
    ['numbered names in JSON', '{"1": "dog", "0": "cat"}', ['cat', 'dog']],
    ['what Python prints', `{0: 'cat', 1: "dog's", 2: 'a:b'}`, ['cat', "dog's", 'a:b']],
    ['names between commas', 'cat, dog', ['cat', 'dog']],
    ['numbers with a gap', '{"0": "cat", "2": "dog"}', null],
    ['a list of lists', '[["cat"]]', null],
    ['something else', '7', null],
    ['an empty object', '{}', null],
  ])('are read from %s', (_, text, names) => {
    expect(classLabelsOf(graph({ names: text }))).toEqual(names);
    expect(featureNamesOf(graph({ feature_names: text }))).toEqual(names);
  });

  it('are not invented', () => {
    expect(classLabelsOf(graph({ author: 'a, b' }))).toBeNull();
  });
});
