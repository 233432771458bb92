import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

export function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = document.definitions.filter((one): one is FragmentDefinitionNode => one.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}

/** How large an operation is once its fragments are spread out. */
export interface OperationSize {
  readonly depth: number;
  readonly selections: number;
  readonly aliases: number;
  readonly directives: number;
}

const nothing: OperationSize = Object.freeze({ depth: 0, selections: 0, aliases: 0, directives: 0 });

/**
 * Measures operations of one document. Each fragment is measured once and then counted wherever it is spread, so that a document
 * in which fragments double from one to the next is measured in linear time, however large it would be when executed.
 */
export class OperationMeter {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #measured = new Map<string, OperationSize>();

  constructor(document: DocumentNode) {
    this.#fragments = fragmentsOf(document);
  }

  measure(operation: OperationDefinitionNode): OperationSize {
    const size = this.#selectionSet(operation.selectionSet);
    return { ...size, directives: size.directives + (operation.directives?.length ?? 0) };
  }

  /** The names of the fields at the root, fragments spread out; a name appears as often as it would be executed. */
  rootFields(operation: OperationDefinitionNode): readonly string[] {
    const seen = new Set<string>();
    const namesIn = (set: SelectionSetNode): readonly string[] =>
      set.selections.flatMap((selection) => {
        if (selection.kind === Kind.FIELD) return [selection.name.value];
        if (selection.kind === Kind.INLINE_FRAGMENT) return namesIn(selection.selectionSet);
        // Spreading the same fragment twice merges its fields into the same answers: graphql executes them once.
        const fragment = this.#fragments.get(selection.name.value);
        if (!fragment || seen.has(selection.name.value)) return [];
        seen.add(selection.name.value);
        return namesIn(fragment.selectionSet);
      });
    return namesIn(operation.selectionSet);
  }

  #selectionSet(set: SelectionSetNode): OperationSize {
    return set.selections.reduce((sum, selection) => add(sum, this.#selection(selection)), nothing);
  }

  #selection(selection: SelectionNode): OperationSize {
    const inside = this.#inside(selection);
    const isField = selection.kind === Kind.FIELD;
    return {
      depth: inside.depth + Number(isField),
      selections: inside.selections + 1,
      aliases: inside.aliases + Number(isField && selection.alias !== undefined),
      directives: inside.directives + (selection.directives?.length ?? 0),
    };
  }

  #inside(selection: SelectionNode): OperationSize {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return this.#fragment(selection.name.value);
    if (!selection.selectionSet) return nothing;
    const size = this.#selectionSet(selection.selectionSet);
    // Introspection nests by its nature (types of types of types); graphql bounds it by a rule of its own.
    const isIntrospection = selection.kind === Kind.FIELD && (selection.name.value === '__schema' || selection.name.value === '__type');
    return isIntrospection ? { ...size, depth: 0 } : size;
  }

  #fragment(name: string): OperationSize {
    const known = this.#measured.get(name);
    if (known) return known;
    // Entered before the walk, so that a fragment that spreads itself (which another rule refuses) ends here.
    this.#measured.set(name, nothing);
    const fragment = this.#fragments.get(name);
    const size = fragment ? this.#selectionSet(fragment.selectionSet) : nothing;
    this.#measured.set(name, size);
    return size;
  }
}

function add(a: OperationSize, b: OperationSize): OperationSize {
  return {
    depth: Math.max(a.depth, b.depth),
    selections: a.selections + b.selections,
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
  };
}
