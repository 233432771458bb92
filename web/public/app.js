import { showAlerts } from './alerts.js';
import { apiKey, RequestError, request, Subscriptions } from './connection.js';
import { showExperiments } from './experiments.js';
import { showPrediction } from './predict.js';
import { showStats } from './stats.js';

const connection = document.getElementById('connection');
const keyForm = document.getElementById('key-form');
const words = { live: 'live', reconnecting: 'reconnecting', refused: 'an API key is needed' };

const subscriptions = new Subscriptions((state) => {
  connection.textContent = words[state];
  connection.className = state;
  if (state === 'refused') keyForm.hidden = false;
});

keyForm.addEventListener('submit', (event) => {
  event.preventDefault();
  apiKey.set(document.getElementById('key').value);
  location.reload();
});

async function start() {
  const { models } = await request(
    '{ models { name kind labels { label version } versions { version state features { name datatype } } } }',
  );
  showStats(subscriptions);
  showPrediction(models);
  showExperiments(subscriptions);
  showAlerts(subscriptions);
}

start().catch((error) => {
  connection.textContent = error.message;
  if (error instanceof RequestError && error.code === 'UNAUTHENTICATED') keyForm.hidden = false;
});
