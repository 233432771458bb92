import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';

const root = join(__dirname, '../../..');
const schema = buildSchema(readFileSync(join(root, 'docs/schema.graphql'), 'utf8'));
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((page) => page.endsWith('.md'));
const textOf = (page: string) => readFileSync(join(root, page), 'utf8');

const requests = pages.flatMap((page) =>
  [...textOf(page).matchAll(/```graphql\n(.*?)```/gs)].map(([, text = ''], index) => [page, index + 1, text] as const),
);

/** As GitHub makes them of headings. */
function anchorsOf(page: string): readonly string[] {
  return [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

const links = pages.flatMap((page) =>
  [...textOf(page).matchAll(/\]\(([\w./-]*)(?:#([\w-]+))?\)/g)].map(([, file = '', anchor = '']) => [page, file, anchor] as const),
);

describe('the documentation', () => {
  it('has requests and links', () => {
    expect(requests.length).toBeGreaterThan(20);
    expect(links.length).toBeGreaterThan(20);
  });

  it.each(requests)('%s: the schema takes request %i', (_page, _number, text) => {
    expect(validate(schema, parse(text)).map(({ message }) => message)).toEqual([]);
  });

  it.each(links)('%s: %s#%s is there', (page, file, anchor) => {
    const target = file === '' ? page : join(page, '..', file);
    expect(existsSync(join(root, target))).toBe(true);
    if (anchor !== '') expect(anchorsOf(target)).toContain(anchor);
  });
});
