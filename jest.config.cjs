// Read by native code when the inference runtime starts, in whichever thread: the tests tell its maker nothing either.
process.env.ORT_DISABLE_TELEMETRY = '1';

/** Tests run from TypeScript through swc; what needs worker threads runs from `dist/`, so `npm test` builds first. */
const typescript = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      jsc: {
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        target: 'es2023',
      },
      module: { type: 'commonjs' },
    },
  ],
};

module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['<rootDir>/test/{unit,contract,integration,e2e}/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  globalSetup: '<rootDir>/test/integration/global-setup.ts',
  globalTeardown: '<rootDir>/test/integration/global-teardown.ts',
  transform: typescript,
};
