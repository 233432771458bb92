import type { GraphqlConnection } from './graphql-connection';

const mutation = `mutation ($input: CreateExperimentInput!, $key: String!) {
  createExperiment(input: $input) { userErrors { message } }
  startExperiment(key: $key) { userErrors { message } }
}`;

/** @param input a `CreateExperimentInput`. @throws Error with the sentences of a refusal. */
export async function startExperiment(
  connection: GraphqlConnection,
  input: { readonly key: string } & Record<string, unknown>,
): Promise<void> {
  await connection.submit(mutation, { input, key: input.key });
}
