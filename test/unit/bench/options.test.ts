import { help, parseServingOptions } from '../../../bench/serving/options';

describe('the options of the serving benchmark', () => {
  it('has defaults for everything', () => {
    expect(parseServingOptions([])).toMatchObject({ rounds: 3, seconds: 3, connections: [1, 16, 64], processes: [1], deadlineMs: 250 });
  });

  it('lets what is given win over --quick', () => {
    expect(parseServingOptions(['--quick', '--rounds', '5', '--only', 'overload'])).toMatchObject({
      rounds: 5,
      only: ['overload'],
      connections: [16],
    });
  });

  it.each([
    [['--rounds', '0'], /--rounds must be a positive whole number/],
    [['--connections', '1,x'], /--connections must be a positive whole number/],
    [['--only', 'image224,images'], /--only takes image224, .*"images" is none of them/],
    [['--frobnicate'], /frobnicate/],
  ])('says what is wrong with %j', (args, sentence) => expect(() => parseServingOptions(args)).toThrow(sentence));

  it('tells of every option', () => {
    expect(parseServingOptions(['--help'])).toBeNull();
    for (const option of ['quick', 'rounds', 'seconds', 'only', 'connections', 'contenders', 'processes', 'rate', 'json', 'seed'])
      expect(help).toContain(`--${option}`);
  });
});
