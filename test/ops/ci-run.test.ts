import { Scratch } from './scratch';
import { run } from './tools';

const summary = (tests: string, suites = '1 passed, 1 total') => `echo 'Test Suites: ${suites}'; echo 'Tests:       ${tests}'`;

describe('.ci/run', () => {
  let scratch: Scratch;

  beforeEach(() => {
    scratch = new Scratch(['.ci/run']);
    scratch.program('apt-get', 'true');
    scratch.program('dpkg', 'true');
  });

  afterEach(() => scratch.remove());

  /** `npm`: what each npm command does, by its arguments; the rest succeeds. */
  const ci = async (npm: Record<string, string> = {}) => {
    const commands = {
      test: summary('10 passed, 10 total'),
      'run test:ops': summary('5 passed, 5 total'),
      'run test:acceptance': summary('3 passed, 3 total'),
      ...npm,
    };
    const cases = Object.entries(commands).map(([args, body]) => `'${args}') ${body} ;;`);
    scratch.program('npm', `case "$*" in\n${cases.join('\n')}\nesac`);
    const { status, output } = await run(scratch.path('.ci/run'), [], { env: scratch.environment() });
    return { status, last: output.trimEnd().split('\n').at(-1) };
  };

  it('sums over the suites, and counts npm ci, the check and the tools as one each', async () => {
    expect(await ci()).toEqual({ status: 0, last: '21 passed, 0 failed' });
  });

  it('counts failed and skipped tests', async () => {
    const failing = `${summary('\u001b[1m2 failed\u001b[22m, 1 skipped, 7 passed, 10 total', '1 failed, 2 passed, 3 total')}; exit 1`;
    expect(await ci({ test: failing })).toEqual({ status: 1, last: '18 passed, 2 failed, 1 skipped' });
  });

  it('counts suites that could not run, and runners that died without a word', async () => {
    const crashed = `${summary('4 passed, 4 total', '2 failed, 1 passed, 3 total')}; exit 1`;
    expect(await ci({ 'run test:ops': crashed, 'run test:acceptance': 'exit 137' })).toEqual({ status: 1, last: '17 passed, 3 failed' });
  });

  it('does not take silence for success', async () => {
    expect(await ci({ test: 'true' })).toEqual({ status: 1, last: '11 passed, 1 failed' });
  });

  it('goes on after a failed check, and stops when nothing could be installed', async () => {
    expect(await ci({ 'run check': 'exit 1' })).toEqual({ status: 1, last: '20 passed, 1 failed' });
    expect(await ci({ ci: 'exit 1' })).toEqual({ status: 1, last: '0 passed, 1 failed' });
  });
});
