import { GraphQLScalarType } from 'graphql';
import { GraphQLDateTime, GraphQLJSONObject } from 'graphql-scalars';
import { GraphQLUpload } from 'graphql-upload-minimal';

/** The three scalars beyond GraphQL's own, described for the people who call this API. */
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
