/** The smallest GraphQL client: one POST, errors thrown. */
export class Client {
  readonly #url: string;
  readonly #headers: Record<string, string>;

  constructor(baseUrl: string, apiKey: string | undefined) {
    this.#url = `${baseUrl}/graphql`;
    this.#headers = { 'content-type': 'application/json', ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}) };
  }

  async request<T>(query: string, variables: object = {}): Promise<T> {
    const response = await fetch(this.#url, { method: 'POST', headers: this.#headers, body: JSON.stringify({ query, variables }) });
    const answer = (await response.json()) as { data?: T; errors?: readonly { message: string }[] };
    if (answer.errors?.[0]) throw new Error(answer.errors[0].message);
    if (answer.data === undefined) throw new Error(`The server answered ${response.status} without data.`);
    return answer.data;
  }
}
