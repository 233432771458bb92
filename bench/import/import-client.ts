import { GraphqlConnection } from '../experiments/graphql-connection';

export interface OutcomeAnswer {
  readonly __typename: 'Receipt' | 'OutcomeFailure';
  readonly id?: string;
  readonly index?: number;
  readonly code?: string;
  readonly message?: string;
}

export interface Counted {
  readonly units: number;
  readonly ingestLagMs: number;
  /** Mean over units times units, by metric. */
  readonly totals: Readonly<Record<string, number>>;
}

interface Results {
  readonly units: number;
  readonly ingestLagMs: number;
  readonly metrics: readonly {
    readonly metric: string;
    readonly variants: readonly { readonly units: number; readonly mean: number | null }[];
  }[];
}

const outcomesMutation = `mutation ($input: [OutcomeInput!]!) { recordOutcomes(input: $input) { __typename
  ... on Receipt { id } ... on OutcomeFailure { index code message } } }`;
const resultsQuery =
  'query ($key: String!) { experiment(key: $key) { results { units ingestLagMs metrics { metric variants { units mean } } } } }';

/** Speaks GraphQL with the server whose import is measured. */
export class ImportClient {
  readonly #connection: GraphqlConnection;

  constructor(port: number) {
    this.#connection = new GraphqlConnection({ host: '127.0.0.1', port });
  }

  async recordOutcomes(input: readonly object[]): Promise<readonly OutcomeAnswer[]> {
    return (await this.ask<{ recordOutcomes: readonly OutcomeAnswer[] }>(outcomesMutation, { input })).recordOutcomes;
  }

  async counted(key: string): Promise<Counted> {
    const { experiment } = await this.ask<{ experiment: { results: Results } }>(resultsQuery, { key });
    const { units, ingestLagMs, metrics } = experiment.results;
    const totals = metrics.map(({ metric, variants }) => [metric, variants.reduce((sum, one) => sum + one.units * (one.mean ?? 0), 0)]);
    return { units, ingestLagMs, totals: Object.fromEntries(totals) };
  }

  /** A mutation with userErrors. @throws Error with their sentences. */
  change(mutation: string, variables: object): Promise<void> {
    return this.#connection.submit(mutation, variables);
  }

  ask<T>(query: string, variables: object): Promise<T> {
    return this.#connection.ask<T>(query, variables);
  }

  close(): void {
    this.#connection.close();
  }
}
