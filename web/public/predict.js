import { upload } from './connection.js';
import { element, number, percent } from './dom.js';

const mutation = `mutation ($input: PredictInput!) { predict(input: $input) {
  version label confidence probabilities { label probability } assignment { experiment variant } timing { totalMs } } }`;

export function showPrediction(models) {
  const model = document.getElementById('model');
  const version = document.getElementById('version');
  const images = models.filter((one) => one.kind === 'IMAGE');
  model.replaceChildren(...images.map((one) => element('option', {}, one.name)));
  const listVersions = () => {
    const chosen = images.find((one) => one.name === model.value);
    const ready = chosen?.versions.filter((one) => one.state === 'READY').map((one) => one.version) ?? [];
    version.replaceChildren(element('option', { value: '' }, 'routed'), ...ready.map((one) => element('option', {}, one)));
  };
  model.addEventListener('change', listVersions);
  listVersions();

  const file = document.getElementById('file');
  const drop = document.getElementById('drop');
  file.addEventListener('change', () => file.files[0] && predict(file.files[0]));
  drop.addEventListener('dragover', (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  drop.addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    if (event.dataTransfer.files[0]) predict(event.dataTransfer.files[0]);
  });
}

async function predict(image) {
  const place = document.getElementById('prediction');
  const value = (id) => document.getElementById(id).value || null;
  const input = { model: value('model'), version: value('version'), unitId: value('unit'), topK: 5, imageFile: null };
  try {
    const { predict: answer } = await upload(mutation, { input }, 'variables.input.imageFile', image);
    place.replaceChildren(picture(image, answer));
  } catch (error) {
    place.replaceChildren(element('p', { class: 'bad' }, error.message));
  }
}

function picture(image, answer) {
  const url = URL.createObjectURL(image);
  const img = element('img', { src: url, alt: 'The image that was sent' });
  img.onload = () => URL.revokeObjectURL(url);
  const bars = answer.probabilities.flatMap(({ label, probability }) => [
    element('span', {}, label ?? ''),
    bar(probability),
    element('span', { class: 'soft' }, percent(probability)),
  ]);
  const routed = answer.assignment?.variant ? `, variant ${answer.assignment.variant} of ${answer.assignment.experiment}` : '';
  return element(
    'div',
    {},
    element(
      'p',
      {},
      element('strong', {}, answer.label ?? ''),
      ` at ${percent(answer.confidence)}, version ${answer.version}${routed}, ${number(answer.timing.totalMs)} ms`,
    ),
    element('div', { class: 'answer' }, img, element('div', { class: 'bars' }, ...bars)),
  );
}

function bar(probability) {
  const made = element('i');
  made.style.width = `${100 * probability}%`;
  return made;
}
