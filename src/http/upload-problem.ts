import { RequestProblem } from './read-body';

const order = 'Send operations, then map, then the files.';
const mapExample = 'map says which variable takes which file, as in {"0": ["variables.file"]}';
const maxQuotedLength = 100;

/** What the reader of uploads says (graphql-upload-minimal and busboy, in their pinned releases), and what a client can do about it. */
const sentences: readonly (readonly [said: RegExp, sentence: (captured: string) => string])[] = [
  [/files should follow 'map'/, () => `A file comes before map, or map is missing. ${order} ${mapExample}.`],
  [/'map' should follow 'operations'/, () => `map comes before operations, or operations is missing. ${order}`],
  [/Missing multipart field '(\w+)'/, (field) => `The form has no field ${field}. ${order} ${mapExample}.`],
  [/couldn't find any files or JSON/, () => `The form is empty. ${order} ${mapExample}.`],
  [/Invalid JSON in the '(\w+)'/, (field) => `The field ${field} is not valid JSON; in a shell, put it between single quotes.`],
  [/Invalid type for the 'operations'/, () => 'operations must be an object, as in {"query": "...", "variables": {"file": null}}.'],
  [/Invalid type for the 'map'/, () => `map must be an object of lists of paths: ${mapExample}.`],
  [
    /Invalid object path .* value '(.*)' \(/s,
    (path) =>
      `map puts a file at "${shortened(path)}", where operations has no place for it. ` +
      'A path starts with variables and leads to a null, as variables.file leads into {"query": "...", "variables": {"file": null}}.',
  ],
  [/^(\d+) max file uploads exceeded/, (count) => `More than ${count} files came in one request. Send fewer.`],
  [/'(\w+)' multipart field value exceeds/, (field) => `The field ${field} is too large. Data such as images is sent as files.`],
  [
    /Invalid content-type|Boundary not found/,
    () => 'The content-type multipart/form-data names no boundary. Leave that header to the HTTP client, which knows it (curl -F does).',
  ],
  [/Unexpected end of form/, () => 'The form ends before its closing boundary.'],
];

/** Why an upload cannot be read, as an answer that says what to change. */
export function uploadProblem(error: unknown): RequestProblem {
  if (error instanceof RequestProblem) return error;
  const message = error instanceof Error ? error.message : String(error);
  const status = error instanceof Error && 'status' in error && error.status === 413 ? 413 : 400;
  return new RequestProblem(status, explained(message), { cause: error });
}

/** A file that no variable of the operation takes would be dropped without a word; null: there is none. */
export function misplacedFile(operations: unknown, isFile: (value: unknown) => boolean): string | null {
  if (!isRecord(operations)) return null;
  const outside = Object.keys(operations).find((key) => isFile(operations[key]));
  if (outside !== undefined) {
    return `map puts a file at "${shortened(outside)}", beside the variables. Its paths start with variables, as in {"0": ["variables.file"]}.`;
  }
  const { query, variables } = operations;
  if (typeof query !== 'string' || !isRecord(variables)) return null;
  const named = new Set(query.match(/\$\w+/g));
  const unknown = Object.keys(variables).find((name) => isFile(variables[name]) && !named.has(`$${name}`));
  if (unknown === undefined) return null;
  return `map puts a file at "variables.${shortened(unknown)}", but the query has no variable $${shortened(unknown)}. Give both the same name.`;
}

function explained(message: string): string {
  for (const [said, sentence] of sentences) {
    const match = said.exec(message);
    if (match) return sentence(match[1] ?? '');
  }
  return `The multipart request cannot be read: ${message}`;
}

function shortened(text: string): string {
  return text.length > maxQuotedLength ? `${text.slice(0, maxQuotedLength)}...` : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
