import { type ASTNode, BREAK, type DocumentNode, Kind, visit } from 'graphql';

const isLiteral = ({ kind }: ASTNode) => kind === Kind.OBJECT || kind === Kind.LIST;

/**
 * Whether graphql-jit 0.8 answers an operation as graphql does. It loses variables within literals of custom scalars, lets null into places that forbid it
 * where a variable has a default, and mixes up the directives of what is selected twice; without these, thousands of random operations came out alike.
 */
export function mayBeCompiled(document: DocumentNode): boolean {
  let isSafe = true;
  let literals = 0;
  visit(document, {
    enter: (node) => {
      if (isLiteral(node)) literals++;
      isSafe = !isMistaken(node, literals > 0);
      return isSafe ? undefined : BREAK;
    },
    leave: (node) => {
      if (isLiteral(node)) literals--;
    },
  });
  return isSafe;
}

function isMistaken(node: ASTNode, isWithinLiteral: boolean): boolean {
  switch (node.kind) {
    case Kind.DIRECTIVE:
      return true;
    case Kind.VARIABLE_DEFINITION:
      return node.defaultValue !== undefined;
    case Kind.VARIABLE:
      return isWithinLiteral;
    // A field under this name would be the prototype of the answer in generated code.
    case Kind.NAME:
      return node.value === '__proto__';
    default:
      return false;
  }
}
