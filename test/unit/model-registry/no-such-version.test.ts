import { noSuchVersion } from '../../../src/model-registry/no-such-version';

const labels = [{ model: 'pets', label: 'canary', version: '5' }];

describe('noSuchVersion', () => {
  it('says what there is instead', () => {
    expect(noSuchVersion('pets', '9', ['1', '5'], labels).message).toBe(
      'pets has no version or label "9". Versions: 1, 5. Labels: canary.',
    );
    expect(noSuchVersion('pets', '9', ['1'], []).message).toBe('pets has no version or label "9". Versions: 1.');
  });

  it('knows a label where a version is wanted', () => {
    expect(noSuchVersion('pets', 'canary', ['1', '5'], labels)).toMatchObject({
      code: 'VERSION_NOT_FOUND',
      message: '"canary" is a label of pets, which points at version 5. Name the version.',
    });
  });
});
