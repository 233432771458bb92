import { request, upload } from './connection.js';
import { element, number, percent } from './dom.js';
import { featuresTemplate, readFeatures } from './features.js';

const mutation = `mutation ($input: PredictInput!) { predict(input: $input) {
  version label confidence value probabilities { label probability } assignment { experiment variant } timing { totalMs } } }`;
const byId = (id) => document.getElementById(id);

export function showPrediction(models) {
  const [model, version] = [byId('model'), byId('version')];
  const kinds = ['IMAGE', 'TABULAR'];
  const shown = kinds.flatMap((kind) => models.filter((one) => one.kind === kind));
  model.replaceChildren(...shown.map((one) => element('option', {}, one.name)));
  let names = '';
  const chosen = () => shown.find((one) => one.name === model.value);
  const listVersions = () => {
    const ready = chosen()?.versions.filter((one) => one.state === 'READY') ?? [];
    version.replaceChildren(element('option', { value: '' }, 'routed'), ...ready.map((one) => element('option', {}, one.version)));
    listFeatures();
  };
  const listFeatures = () => {
    const isTable = chosen()?.kind === 'TABULAR';
    byId('table').hidden = !isTable;
    byId('drop').hidden = isTable;
    if (!isTable) return;
    const features = featuresOf(chosen(), version.value);
    // What was typed stays as long as it can be sent to the version chosen now.
    if (names === JSON.stringify(features)) return;
    names = JSON.stringify(features);
    byId('features').value = featuresTemplate(features);
  };
  model.addEventListener('change', () => {
    byId('prediction').replaceChildren();
    listVersions();
  });
  version.addEventListener('change', listFeatures);
  byId('predict-form').addEventListener('submit', (event) => {
    event.preventDefault();
    if (chosen()?.kind === 'TABULAR')
      predict((input) => request(mutation, { input: { ...input, features: readFeatures(byId('features').value) } }));
  });
  listVersions();
  takeImages();
}

/** Those of the version, or of the one that serves when none is chosen. */
function featuresOf({ versions, labels }, version) {
  const champion = labels.find((one) => one.label === 'champion')?.version;
  const ready = versions.filter((one) => one.state === 'READY');
  return (ready.find((one) => one.version === (version || champion)) ?? ready[0])?.features ?? [];
}

function takeImages() {
  const [file, drop] = [byId('file'), byId('drop')];
  file.addEventListener('change', () => {
    if (file.files[0]) predictImage(file.files[0]);
    // The same file chosen again is asked again.
    file.value = '';
  });
  drop.addEventListener('dragover', (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  drop.addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    if (event.dataTransfer.files[0]) predictImage(event.dataTransfer.files[0]);
  });
}

function predictImage(image) {
  const send = (input) => upload(mutation, { input: { ...input, imageFile: null } }, 'variables.input.imageFile', image);
  return predict(send, () => picture(image));
}

async function predict(send, beside = () => null) {
  const place = byId('prediction');
  const value = (id) => byId(id).value || null;
  try {
    const { predict: answer } = await send({ model: value('model'), version: value('version'), unitId: value('unit'), topK: 5 });
    place.replaceChildren(sentence(answer), element('div', { class: 'answer' }, beside(), bars(answer.probabilities)));
  } catch (error) {
    place.replaceChildren(element('p', { class: 'bad' }, error.message));
  }
}

function sentence({ label, confidence, value, version, assignment, timing }) {
  // A model may answer with tensors alone, which the page does not show.
  const answer = label ?? (value === null ? 'Answered, by outputs alone' : number(value, 4));
  const sure = confidence === null ? '' : ` at ${percent(confidence)}`;
  const routed = assignment?.variant ? `, variant ${assignment.variant} of ${assignment.experiment}` : '';
  return element('p', {}, element('strong', {}, answer), `${sure}, version ${version}${routed}, ${number(timing.totalMs)} ms`);
}

function picture(image) {
  const url = URL.createObjectURL(image);
  const img = element('img', { src: url, alt: 'The image that was sent' });
  img.onload = () => URL.revokeObjectURL(url);
  return img;
}

function bars(probabilities) {
  const rows = probabilities.flatMap(({ label, probability }) => [
    element('span', {}, label ?? ''),
    bar(probability),
    element('span', { class: 'soft' }, percent(probability)),
  ]);
  return element('div', { class: 'bars' }, ...rows);
}

function bar(probability) {
  const made = element('i');
  made.style.width = `${100 * probability}%`;
  return made;
}
