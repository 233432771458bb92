const { modulePathIgnorePatterns, testEnvironment, transform } = require('../../jest.config.cjs');

/** The product from outside, as a user meets it. One file at a time: each starts servers of its own. */
module.exports = {
  rootDir: '../..',
  testMatch: ['<rootDir>/test/acceptance/**/*.test.ts'],
  modulePathIgnorePatterns,
  testEnvironment,
  transform,
  maxWorkers: 1,
  testTimeout: 180_000,
};
