const { modulePathIgnorePatterns, testEnvironment, transform } = require('../../jest.config.cjs');

/** The files that operators use, tried with the tools that read them: nginx, promtool, docker-compose. */
module.exports = {
  rootDir: '../..',
  testMatch: ['<rootDir>/test/ops/**/*.test.ts'],
  modulePathIgnorePatterns,
  testEnvironment,
  transform,
  testTimeout: 60_000,
};
