import type { FieldNode, GraphQLResolveInfo, SelectionSetNode } from 'graphql';

const known = new WeakMap<FieldNode, boolean>();

/**
 * True when `outputs` may be selected somewhere below: one that a directive leaves out at last has cost a little and is not sent. Found out
 * once a field, since documents are kept.
 */
export function wantsOutputs({ fieldNodes, fragments }: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>): boolean {
  return fieldNodes.some((field) => {
    const found = known.get(field) ?? selects(field.selectionSet, fragments);
    known.set(field, found);
    return found;
  });
}

/** Fragments cannot contain themselves: validation refuses that. */
function selects(selectionSet: SelectionSetNode | undefined, fragments: GraphQLResolveInfo['fragments']): boolean {
  return (selectionSet?.selections ?? []).some((selection) => {
    if (selection.kind === 'FragmentSpread') return selects(fragments[selection.name.value]?.selectionSet, fragments);
    return (selection.kind === 'Field' && selection.name.value === 'outputs') || selects(selection.selectionSet, fragments);
  });
}
