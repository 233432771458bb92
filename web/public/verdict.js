import { badge, element, number, percent } from './dom.js';
import { metricWords } from './metric-words.js';

const tones = { SHIP: 'good', ROLL_BACK: 'bad', DO_NOT_TRUST: 'bad', NO_DIFFERENCE: 'soft', KEEP_RUNNING: 'warn' };
const validities = {
  ANYTIME: 'you may stop as soon as the verdict says so',
  FIXED_HORIZON: 'one look, as planned',
  BAYESIAN: 'a belief: who stops at the first good look errs more often',
};
const healthTones = { HEALTHY: 'good', WARNING: 'warn', BROKEN: 'bad' };

/** What to do and why, on how many units, what is wrong with the numbers, and how far it is. */
export function verdict({ status, kind }, { units, validity, decision, health, progress, metrics }) {
  const [reason, ...warnings] = decision.reason.split(' Warning: ');
  const isOpen = decision.action === 'KEEP_RUNNING';
  const isOver = status === 'STOPPED';
  const said = isOpen && isOver ? badge('soft', 'NO VERDICT') : badge(tones[decision.action], decision.action.replaceAll('_', ' '));
  return [
    element('p', {}, said, ` ${reason}`),
    element(
      'p',
      { class: 'soft' },
      `${counted(kind, units, metrics[0])}${isOver ? '' : `; ${validities[validity]}`}.`,
      ...healthy(health, units),
    ),
    ...troubles(decision, health, warnings),
    ...(isOpen && !isOver ? wayLeft(units, progress) : []),
  ];
}

/** The units, and how many of them the primary metric knows, which are the sum of its rows; of a shadow every row has the same ones. */
function counted(kind, units, primary) {
  const rows = primary?.variants ?? [];
  const treatments = rows.filter(({ isControl }) => !isControl);
  const sum = rows.reduce((total, row) => total + row.units, 0);
  const known = sum > units ? Math.max(...treatments.map((row) => row.units)) : sum;
  if (!primary || known >= units) return `${number(units, 0)} units`;
  if (kind === 'BANDIT')
    return `${number(known, 0)} of ${number(units, 0)} units count, for new weights count once every variant has 30 units under them`;
  const { name, needsLabels } = metricWords(primary.metric);
  return `${number(known, 0)} of ${number(units, 0)} units have a ${needsLabels ? 'label' : `value of ${name.toLowerCase()} that counts`}`;
}

function healthy({ status }, units) {
  return status === 'HEALTHY' && units > 0
    ? [' ', badge(healthTones.HEALTHY, 'HEALTHY', { title: 'Nothing speaks against these numbers.' })]
    : [];
}

/** Everything once: the verdict warns of some of what health tells, and a broken split is a verdict of its own. */
function troubles({ action }, { status, problems }, warnings) {
  const told = action === 'DO_NOT_TRUST' && status === 'BROKEN' ? problems.slice(1) : problems;
  const others = warnings.filter((warning) => !problems.includes(warning));
  return [
    ...told.map((problem) => element('p', {}, badge(healthTones[status], status), ` ${problem}`)),
    ...others.map((warning) => element('p', {}, badge('warn', 'WARNING'), ` ${warning}`)),
  ];
}

/** How much of what it needs has come, and how long the rest takes at the present pace. */
function wayLeft(units, { unitsNeeded, daysLeft, reason }) {
  if (unitsNeeded === null || unitsNeeded === 0) return [];
  const share = units / (units + unitsNeeded);
  const left =
    daysLeft === null
      ? `${number(unitsNeeded, 0)} units to go`
      : `about ${daysLeft <= 1 ? 'a day' : `${number(Math.ceil(daysLeft), 0)} days`} left`;
  return [
    element(
      'p',
      { class: 'soft', title: reason },
      element('progress', { max: 1, value: share, 'aria-label': `${percent(share, 0)} of the units it needs` }),
      ` ${left}`,
    ),
  ];
}
