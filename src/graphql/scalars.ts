import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { GraphQLDateTime, GraphQLJSONObject } from 'graphql-scalars';
import { GraphQLUpload } from 'graphql-upload-minimal';

/** The scalars beyond GraphQL's own, described for the people who call this API. */
export const DateTime = new GraphQLScalarType({
  ...GraphQLDateTime.toConfig(),
  description: 'A moment in ISO 8601 with its offset, for example `2026-11-22T08:30:00.000Z`. Answers are always in UTC.',
});

export const JSONObject = new GraphQLScalarType({
  ...GraphQLJSONObject.toConfig(),
  description: 'A JSON object with any keys and values.',
});

export const Upload = new GraphQLScalarType({
  ...GraphQLUpload.toConfig(),
  description: 'A file, sent by the GraphQL multipart request specification with the header `Apollo-Require-Preflight: true`.',
});

export const TensorData = new GraphQLScalarType<unknown, unknown>({
  name: 'TensorData',
  description:
    'The elements of a tensor in row-major order: a flat list, or in an input also lists nested as the shape says. Numbers; true and false for BOOL; texts for BYTES. Whole numbers beyond 2^53 (INT64, UINT64) are texts of their digits, and "NaN", "Infinity" and "-Infinity" are texts, too, in both directions: JSON has no numbers for them.',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: readLiteral,
});

/** Of a query that has its data written into it; digits stay digits where a number would be rounded. */
function readLiteral(node: ValueNode, variables?: Readonly<Record<string, unknown>> | null): unknown {
  switch (node.kind) {
    case Kind.INT:
      return Number.isSafeInteger(Number(node.value)) ? Number(node.value) : node.value;
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.STRING:
    case Kind.BOOLEAN:
      return node.value;
    case Kind.LIST:
      return node.values.map((item) => readLiteral(item, variables));
    case Kind.VARIABLE:
      return variables?.[node.name.value];
    default:
      throw new GraphQLError('TensorData holds numbers, texts, true and false, and lists of them.', { nodes: node });
  }
}
