import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { read, root } from './tools';

const dockerfile = read('Dockerfile');
const instructions = dockerfile
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const runStage = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM ')));

describe('Dockerfile', () => {
  it('begins with its base image, a full version of Debian slim that a build may replace', () => {
    expect(instructions[0]).toMatch(/^ARG NODE_IMAGE=node:\d+\.\d+\.\d+-bookworm-slim$/);
    expect(instructions.filter((line) => line.startsWith('FROM '))).toEqual([
      `FROM \${NODE_IMAGE} AS build`,
      `FROM \${NODE_IMAGE} AS dependencies`,
      `FROM \${NODE_IMAGE}`,
    ]);
  });

  it('runs as a user without rights, with a number that orchestrators can check', () => {
    expect(runStage.filter((line) => line.startsWith('USER '))).toEqual(['USER touchstone']);
    expect(dockerfile).toContain('useradd --uid 10001');
    expect(runStage.findIndex((line) => line.startsWith('USER '))).toBeGreaterThan(
      runStage.findLastIndex((line) => line.startsWith('RUN ')),
    );
  });

  it('says how its health is asked and starts node itself, so that signals reach it', () => {
    expect(runStage.some((line) => line.startsWith('HEALTHCHECK ') && line.includes('/readyz'))).toBe(true);
    expect(runStage.at(-1)).toBe('CMD ["node", "dist/src/main.js"]');
  });

  it('installs nothing of Debian, runs no foreign install scripts and copies no development package into the image', () => {
    expect(dockerfile).not.toMatch(/apt-get|apk |curl|wget|ADD /);
    for (const install of instructions.filter((line) => line.includes('npm ci'))) expect(install).toContain('--ignore-scripts');
    expect(runStage).toContain('COPY --from=dependencies /app/node_modules node_modules');
    expect(instructions.some((line) => line.includes('npm ci --omit=dev'))).toBe(true);
  });

  it('copies only what is there and what .dockerignore lets in', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = instructions
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(/\s+/).slice(1, -1));
    expect([...new Set(copied)].sort()).toEqual(allowed.sort());
    for (const path of copied.filter((one) => !one.includes('*'))) expect([path, existsSync(join(root, path))]).toEqual([path, true]);
  });
});
