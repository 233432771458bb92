import { type DocumentNode, GraphQLError, Kind, type OperationDefinitionNode, type ValidationContext, type ValidationRule } from 'graphql';
import { mergesTooMuch } from './merge-cost';
import { OperationMeter } from './operation-size';

/** What one request may ask for. The same on HTTP and on WebSocket. */
export interface QueryLimits {
  readonly maxQueryBytes: number;
  readonly maxTokens: number;
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  readonly maxSelections: number;
  readonly maxOperations: number;
  /** Fields `predict` and `predictBatch` in one mutation; each costs a run of a model. */
  readonly maxPredictingFields: number;
  /** Comparisons of fields that graphql makes to see whether they can be merged. */
  readonly maxMergedPairs: number;
  /** Validation stops after this many errors, so that a wrong query cannot ask for a huge answer. */
  readonly maxErrors: number;
}

export const queryLimits: QueryLimits = Object.freeze({
  maxQueryBytes: 100_000,
  maxTokens: 2_000,
  maxDepth: 12,
  maxAliases: 30,
  maxDirectives: 50,
  maxSelections: 2_000,
  maxOperations: 10,
  maxPredictingFields: 10,
  maxMergedPairs: 20_000,
  maxErrors: 10,
});

const predictingFields: readonly string[] = ['predict', 'predictBatch'];

/** Null: short enough. */
export function queryTextProblem(query: string, limits: QueryLimits): string | null {
  const bytes = Buffer.byteLength(query);
  if (bytes <= limits.maxQueryBytes) return null;
  return `The query text has ${bytes} bytes; at most ${limits.maxQueryBytes} are read. Send data such as images and features as variables.`;
}

/** What would make validation itself too slow, so it is looked at before. Null: nothing. */
export function mergeProblem(document: DocumentNode, { maxMergedPairs }: QueryLimits): string | null {
  if (!mergesTooMuch(document, maxMergedPairs)) return null;
  return `The document repeats fields so often that more than ${maxMergedPairs} pairs of them would have to be compared. Ask for each field once, or give each its own alias.`;
}

/** A validation rule that refuses what is larger than `limits`, with a sentence for each excess. */
export function limitsRule(limits: QueryLimits): ValidationRule {
  return (context: ValidationContext) => ({
    Document(document) {
      const operations = document.definitions.filter((one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION);
      if (operations.length > limits.maxOperations) {
        refuse(context, `The document has ${operations.length} operations; at most ${limits.maxOperations} are allowed.`);
      }
      const meter = new OperationMeter(document);
      for (const operation of operations.slice(0, limits.maxOperations)) checkOperation(context, meter, operation, limits);
    },
  });
}

function checkOperation(context: ValidationContext, meter: OperationMeter, operation: OperationDefinitionNode, limits: QueryLimits): void {
  const size = meter.measure(operation);
  const predicting = meter.rootFields(operation).filter((name) => predictingFields.includes(name)).length;
  const measures: readonly (readonly [what: string, value: number, limit: number])[] = [
    ['levels of fields', size.depth, limits.maxDepth],
    ['aliases', size.aliases, limits.maxAliases],
    ['directives', size.directives, limits.maxDirectives],
    ['selections', size.selections, limits.maxSelections],
    ['predicting fields (use predictBatch for many rows)', predicting, limits.maxPredictingFields],
  ];
  for (const [what, value, limit] of measures) {
    if (value > limit) refuse(context, `The operation has ${value} ${what}; at most ${limit} are allowed.`, operation);
  }
}

function refuse(context: ValidationContext, message: string, node?: OperationDefinitionNode): void {
  context.reportError(new GraphQLError(message, node ? { nodes: node } : {}));
}
