import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';
import { fragmentsOf } from './operation-size';

/** Deeper ones are refused for their depth; a fragment that spreads itself has no end. */
const deepestLevel = 100;

/** Fields that could be merged, by the name under which they are answered; null: a field without fields of its own. */
type FieldSets = ReadonlyMap<string, readonly (SelectionSetNode | null)[]>;

/**
 * Whether checking that the fields of a document can be merged takes more than `maxPairs` comparisons. graphql compares every two fields of one
 * name, and every two of theirs below: k equal fields on each of d levels are about k^(2d) comparisons, so 5 kB of text can take a second.
 * Counting stops at the limit. Fragments are counted where they are spread.
 */
export function mergesTooMuch(document: DocumentNode, maxPairs: number): boolean {
  return new PairCounter(document, maxPairs).isOver(document);
}

class PairCounter {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #fields = new Map<SelectionSetNode, FieldSets>();
  #left: number;

  constructor(document: DocumentNode, maxPairs: number) {
    this.#left = maxPairs;
    this.#fragments = fragmentsOf(document);
  }

  isOver(document: DocumentNode): boolean {
    for (const definition of document.definitions)
      if ('selectionSet' in definition && definition.selectionSet) this.#inside(definition.selectionSet);
    return this.#left < 0;
  }

  /** All selection sets below are looked at, each for itself: that is what graphql does. */
  #inside(set: SelectionSetNode): void {
    for (const fields of this.#fieldsOf(set).values())
      for (let i = 1; i < fields.length; i++)
        for (let j = 0; j < i && this.#left >= 0; j++) this.#pair(fields[i] ?? null, fields[j] ?? null);
    for (const selection of set.selections)
      if (this.#left >= 0 && 'selectionSet' in selection && selection.selectionSet) this.#inside(selection.selectionSet);
  }

  #pair(one: SelectionSetNode | null, other: SelectionSetNode | null, level = 0): void {
    this.#left--;
    if (one === null || other === null || level > deepestLevel) return;
    const others = this.#fieldsOf(other);
    for (const [name, fields] of this.#fieldsOf(one))
      for (const field of fields)
        for (const counterpart of others.get(name) ?? []) {
          if (this.#left < 0) return;
          this.#pair(field, counterpart, level + 1);
        }
  }

  #fieldsOf(set: SelectionSetNode): FieldSets {
    const known = this.#fields.get(set);
    if (known) return known;
    const fields = new Map<string, (SelectionSetNode | null)[]>();
    this.#gather(set, fields, new Set());
    this.#fields.set(set, fields);
    return fields;
  }

  #gather(set: SelectionSetNode, fields: Map<string, (SelectionSetNode | null)[]>, spread: Set<string>): void {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value;
        const list = fields.get(name);
        if (list) list.push(selection.selectionSet ?? null);
        else fields.set(name, [selection.selectionSet ?? null]);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) this.#gather(selection.selectionSet, fields, spread);
      else if (!spread.has(selection.name.value)) {
        spread.add(selection.name.value);
        const fragment = this.#fragments.get(selection.name.value);
        if (fragment) this.#gather(fragment.selectionSet, fields, spread);
      }
    }
  }
}
