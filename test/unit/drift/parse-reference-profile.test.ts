import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseReferenceProfile } from '../../../src/drift/parse-reference-profile';

const numeric = { name: 'x', kind: 'numeric', edges: [1, 2], counts: [3, 4, 5], missing: 6, mean: 1.5, standardDeviation: 0.5 };
const classes = { kind: 'categorical', categories: ['no', 'yes'], counts: [7, 8] };
const whole = {
  formatVersion: 1,
  rows: 18,
  source: 'The training half.',
  features: [numeric],
  prediction: classes,
  confidence: { ...numeric, name: undefined },
  performance: { accuracy: 0.9, labelled: 12 },
};

const parse = (json: unknown) => parseReferenceProfile(JSON.stringify(json));

describe('parseReferenceProfile', () => {
  it('reads the whole format', () => {
    expect(parse(whole)).toEqual({
      rows: 18,
      source: 'The training half.',
      features: [numeric, { name: '@prediction', ...classes }, { ...numeric, name: '@confidence' }],
      accuracy: 0.9,
      labelled: 12,
    });
  });

  it('reads a profile of which much is absent', () => {
    expect(parse({ formatVersion: 1, rows: 5 })).toEqual({ rows: 5, source: 'reference-profile.json', features: [], accuracy: null });
    expect(parse({ ...whole, prediction: null, confidence: null, performance: null })).toMatchObject({
      features: [numeric],
      accuracy: null,
    });
    expect(parse({ ...whole, performance: { accuracy: 1 } })).toMatchObject({ accuracy: 1 });
  });

  it.each(['digits/1', 'digits/2', 'digits/3', 'breast-cancer/1', 'breast-cancer/2'])('reads what ships with %s', (version) => {
    const text = readFileSync(join(__dirname, '../../../models', version, 'reference-profile.json'), 'utf8');
    const { features, accuracy, labelled } = parseReferenceProfile(text);
    expect(features.map((feature) => feature.name)).toEqual(expect.arrayContaining(['@prediction', '@confidence']));
    expect(accuracy).toBeGreaterThan(0.9);
    expect(labelled).toBeGreaterThanOrEqual(100);
  });

  it.each([
    ['an unknown format', { ...whole, formatVersion: 2 }, 'formatVersion must be 1'],
    ['no object', [], 'the file must be an object'],
    ['rows that are no count', { ...whole, rows: 1.5 }, 'rows must be a whole number'],
    ['features that are no list', { ...whole, features: {} }, 'features must be an array'],
    ['an unknown kind', { ...whole, features: [{ ...numeric, kind: 'text' }] }, 'features[0].kind must be'],
    ['no name', { ...whole, features: [{ ...numeric, name: '' }] }, 'features[0].name must be a name'],
    ['a name of ours', { ...whole, features: [{ ...numeric, name: '@x' }] }, 'features[0].name must not begin with "@"'],
    ['a feature twice', { ...whole, features: [numeric, numeric] }, 'feature "x" is there twice'],
    ['edges that do not ascend', { ...whole, features: [{ ...numeric, edges: [2, 2] }] }, 'features[0].edges must ascend'],
    ['too few counts', { ...whole, features: [{ ...numeric, counts: [1] }] }, 'features[0] must have one count more than edges'],
    ['a negative count', { ...whole, features: [{ ...numeric, counts: [1, 2, -3] }] }, 'features[0].counts[2] must be'],
    ['a mean that is none', { ...whole, features: [{ ...numeric, mean: 'low' }] }, 'features[0].mean must be a finite number'],
    ['a category twice', { ...whole, prediction: { ...classes, categories: ['no', 'no'] } }, 'prediction.categories must differ'],
    ['a count too many', { ...whole, prediction: { ...classes, counts: [1, 2, 3] } }, 'prediction must have one count a category'],
    ['an accuracy above 1', { ...whole, performance: { accuracy: 90 } }, 'performance.accuracy must be from 0 to 1'],
  ])('refuses %s', (_, json, sentence) => {
    expect(() => parse(json)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringContaining(sentence) }));
  });

  it('refuses what is no JSON', () => {
    expect(() => parseReferenceProfile('{')).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});
