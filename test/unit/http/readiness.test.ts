import { readiness } from '../../../src/http/readiness';

const well = { modelsWithoutChampion: [], journalHasRoom: true, ingestLagMs: 5, databaseSilentMs: 400 };

describe('readiness', () => {
  it.each([
    ['all is well', {}, 200, { status: 'ok', missing: [] }],
    ['a champion is missing', { modelsWithoutChampion: ['m'] }, 200, { status: 'degraded', missing: ['champion of m'] }],
    ['the database takes nothing', { ingestLagMs: 11_000 }, 200, { status: 'degraded', missing: ['database'] }],
    ['the database does not answer', { databaseSilentMs: 11_000 }, 200, { status: 'degraded', missing: ['database'] }],
    ['the journal is full', { journalHasRoom: false }, 503, { status: 'journal full', missing: ['room in the journal'] }],
  ])('says what is missing when %s', (_what, facts, status, body) => {
    expect(readiness({ ...well, ...facts })).toEqual({ status, body });
  });
});
