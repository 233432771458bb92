import { type FieldNode, type FragmentDefinitionNode, type GraphQLResolveInfo, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { wantsOutputs } from '../../../src/graphql/prediction/wants-outputs';

function infoOf(text: string): Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'> {
  const { definitions } = parse(text);
  const [operation] = definitions.filter((one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION);
  const fragments = definitions.filter((one): one is FragmentDefinitionNode => one.kind === Kind.FRAGMENT_DEFINITION);
  return {
    fieldNodes: operation?.selectionSet.selections as readonly FieldNode[],
    fragments: Object.fromEntries(fragments.map((one) => [one.name.value, one])),
  };
}

describe('wantsOutputs', () => {
  it.each([
    ['nothing of it', '{ predict { id probabilities { label } } }', false],
    ['it', '{ predict { id outputs { name } } }', true],
    ['it under another name', '{ predict { raw: outputs { name } } }', true],
    ['another field under its name', '{ predict { outputs: id } }', false],
    ['it in a fragment', '{ predict { ...a } } fragment a on Prediction { ...b } fragment b on Prediction { outputs { name } }', true],
    ['it in the rows of a batch', '{ predictBatch { results { ... on Prediction { outputs { name } } } } }', true],
    ['it perhaps', 'query ($x: Boolean!) { predict { outputs @include(if: $x) { name } } }', true],
    ['it in the second of two that are one', '{ predict { id } predict { outputs { name } } }', true],
  ])('finds %s', (_, text, wanted) => {
    const info = infoOf(text);
    expect(wantsOutputs(info)).toBe(wanted);
    expect(wantsOutputs(info)).toBe(wanted);
  });

  it('looks at each of the fields that are one anew: a directive may leave one out', () => {
    const { fieldNodes, fragments } = infoOf('{ predict { id } predict { outputs { name } } }');
    const [first, second] = fieldNodes as [FieldNode, FieldNode];
    expect(wantsOutputs({ fieldNodes: [first], fragments })).toBe(false);
    expect(wantsOutputs({ fieldNodes: [first, second], fragments })).toBe(true);
  });
});
