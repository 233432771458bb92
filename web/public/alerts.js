import { element } from './dom.js';

const query = 'subscription { driftAlerts { id kind severity state model version feature message updatedAt } }';
const tones = { HIGH: 'bad', MEDIUM: 'warn', LOW: 'soft', NONE: 'soft' };

export function showAlerts(subscriptions) {
  const place = document.getElementById('alerts');
  const open = new Map();
  const show = () => {
    const ordered = [...open.values()].sort((a, b) => isPending(a) - isPending(b) || b.updatedAt.localeCompare(a.updatedAt));
    place.replaceChildren(...(ordered.length === 0 ? [element('p', { class: 'soft' }, 'None.')] : ordered.map(card)));
  };
  show();
  subscriptions.subscribe(query, {}, ({ driftAlerts: alert }) => {
    if (alert.state === 'RESOLVED') open.delete(alert.id);
    else open.set(alert.id, alert);
    show();
  });
}

/** One look found something: most of these are chance and go away by themselves, so they must not look like an alarm. */
function isPending({ state }) {
  return state === 'PENDING';
}

function card(alert) {
  const { severity, state, kind, model, version, feature, message } = alert;
  const title = [model, version, kind.toLowerCase(), feature].filter((part) => part !== null).join(' · ');
  return element(
    'article',
    {},
    element(
      'h3',
      {},
      element('span', { class: `badge ${isPending(alert) ? 'soft' : tones[severity]}` }, severity),
      ` ${title} `,
      element('span', { class: 'badge soft' }, isPending(alert) ? 'unconfirmed, may be chance' : state),
    ),
    element('p', {}, message),
  );
}
