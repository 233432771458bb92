// The walls of the house proposed in aesthetics.md, section 3. Use as .dependency-cruiser.cjs at the repository root:
//   npx depcruise --config .dependency-cruiser.cjs src
// Tried on an empty skeleton of that tree: clean, and each planted violation was reported.
const GROUND = '^src/(statistics|assignment|tensor|concurrency|open-inference)/';
const FEATURES = '^src/(events|model-registry|experiments|prediction|drift|live-stats)/';
const ADAPTERS = '^src/(inference|journal|persistence|processes|pubsub|telemetry)/';
const EDGES = '^src/(graphql|http)/';
const NPM = ['npm', 'npm-dev', 'npm-peer', 'npm-optional', 'npm-no-pkg', 'npm-unknown', 'unknown'];
/** Each rule reads as a sentence: `from` may not import `to`. */
module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'ground-rooms-stand-alone', severity: 'error', from: { path: GROUND }, to: { path: '^src/', pathNot: '^src/$1/' } },
    {
      name: 'ground-has-no-packages',
      severity: 'error',
      from: { path: GROUND, pathNot: '^src/(statistics/random-variates|assignment/(targeting|pattern-cost))\\.ts$' },
      to: { dependencyTypes: NPM },
    },
    {
      name: 'mathematics-has-no-node',
      severity: 'error',
      from: { path: '^src/(statistics|assignment|tensor|open-inference)/' },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'features-know-no-framework', severity: 'error', from: { path: FEATURES }, to: { dependencyTypes: NPM } },
    { name: 'features-know-no-adapter-or-edge', severity: 'error', from: { path: FEATURES }, to: { path: [ADAPTERS, EDGES] } },
    {
      name: 'features-run-one-way',
      severity: 'error',
      from: { path: '^src/events/' },
      to: { path: '^src/(model-registry|experiments|prediction|drift|live-stats)/' },
    },
    {
      name: 'features-run-one-way',
      severity: 'error',
      from: { path: '^src/model-registry/' },
      to: { path: '^src/(experiments|prediction|drift|live-stats)/' },
    },
    {
      name: 'features-run-one-way',
      severity: 'error',
      from: { path: '^src/experiments/' },
      to: { path: '^src/(prediction|drift|live-stats)/' },
    },
    { name: 'features-run-one-way', severity: 'error', from: { path: '^src/prediction/' }, to: { path: '^src/(drift|live-stats)/' } },
    {
      name: 'drift-and-live-stats-are-strangers',
      severity: 'error',
      from: { path: '^src/(drift|live-stats)/' },
      to: { path: '^src/(drift|live-stats)/', pathNot: '^src/$1/' },
    },
    { name: 'adapters-are-strangers', severity: 'error', from: { path: ADAPTERS }, to: { path: [ADAPTERS, EDGES], pathNot: '^src/$1/' } },
    { name: 'edges-never-touch-adapters', severity: 'error', from: { path: EDGES }, to: { path: ADAPTERS } },
    { name: 'graphql-never-knows-http', severity: 'error', from: { path: '^src/graphql/' }, to: { path: '^src/http/' } },
    {
      name: 'only-the-roots-read-config',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(app|main|primary|serving-process|sole-parts)\\.ts$' },
      to: { path: '^src/(config|app|leftover-journals|main|primary|sole-parts)\\.ts$' },
    },
    {
      name: 'a-thread-or-process-is-started-not-imported',
      severity: 'error',
      from: {},
      to: { path: '^src/(ingest-thread|serving-process)\\.ts$' },
    },
    {
      name: 'the-primary-loads-nothing-that-serves',
      severity: 'error',
      from: { path: '^src/(primary|sole-parts|processes/.*)\\.ts$' },
      to: { path: '^src/(app\\.ts|graphql/|inference/|persistence/database\\.ts)' },
    },
    {
      name: 'one-door-to-onnxruntime',
      severity: 'error',
      from: { pathNot: '^src/inference/onnx-worker\\.ts$' },
      to: { path: '(^|/)onnxruntime-node' },
    },
    {
      name: 'one-room-for-typeorm',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/persistence/' },
      to: { path: '(^|/)typeorm(/|$)' },
    },
    {
      name: 'statistics-has-only-jstat',
      severity: 'error',
      from: { path: '^src/statistics/random-variates\\.ts$' },
      to: { dependencyTypes: NPM, pathNot: '(^|/)jstat' },
    },
    {
      name: 'assignment-has-only-growthbook',
      severity: 'error',
      from: { path: '^src/assignment/targeting\\.ts$' },
      to: { dependencyTypes: NPM, pathNot: '(^|/)@growthbook/growthbook' },
    },
    {
      name: 'patterns-have-only-regexpp',
      severity: 'error',
      from: { path: '^src/assignment/pattern-cost\\.ts$' },
      to: { dependencyTypes: NPM, pathNot: '(^|/)@eslint-community/regexpp' },
    },
    ...[
      ['sharp', 'inference'],
      ['@cornerstonejs/codec-libjpeg-turbo-8bit', 'inference'],
      ['prom-client', 'telemetry'],
      ['type-graphql', 'graphql'],
      ['@apollo/server', '(graphql|http)'],
    ].map(([pkg, room]) => ({
      name: `${pkg}-has-one-room`,
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/${room}/` },
      to: { path: `(^|/)${pkg}(/|$)` },
    })),
  ],
  options: { tsPreCompilationDeps: true, doNotFollow: { path: 'node_modules' } },
};
