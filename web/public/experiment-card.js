import { classifierDetails } from './classifier.js';
import { element, fill } from './dom.js';
import { about, heading } from './experiment-about.js';
import { exportLinks } from './export.js';
import { guardrails } from './guardrails.js';
import { liftFigures } from './lift-figures.js';
import { LiftSeries } from './lift-series.js';
import { metricTable } from './metric-table.js';
import { metricWords } from './metric-words.js';
import { shadows } from './shadows.js';
import { verdict } from './verdict.js';

const resultsQuery = `subscription ($key: String!) { experimentResults(key: $key, intervalMs: 1000) {
  asOf units validity decision { action variant reason } health { status problems } progress { unitsNeeded daysLeft reason }
  guardrails { metric variant state action maxRelativeHarm excessHarm { lower } }
  shadows { variant pairs coverage varianceRatio agreement { agreement kappa pairs } confidenceShift { psi nullQuantile95 } serviceMs { control treatment }
    correctness { bothCorrect onlyControlCorrect onlyTreatmentCorrect neitherCorrect midPValue } }
  metrics { metric role cuped { applied covariate varianceRemoved reason } variants { variant isControl units mean adjustedMean
    absoluteLift { estimate lower upper level } relativeLift { estimate lower upper } contradictions { at } } } } }`;

/** One experiment on the page. Its results are asked for only while it is unfolded. */
export class ExperimentCard {
  article;
  #experiment;
  #subscriptions;
  #series;
  #details;
  #title;
  #about = element('div');
  #results = element('div');
  #others = element('div');
  #otherMetrics;
  #after;
  #end = null;
  #newest = null;

  constructor(experiment, subscriptions, isFirst) {
    const { key, status } = experiment;
    this.#experiment = experiment;
    this.#subscriptions = subscriptions;
    this.#series = new LiftSeries(key);
    this.#title = element('h3', { id: `experiment-${key}` });
    this.#otherMetrics = element('details', { class: 'more' }, element('summary', {}, 'Other metrics'), this.#others);
    this.#after = element('div', {}, this.#otherMetrics, classifierDetails(key), exportLinks(key));
    const parts = [element('summary', {}, this.#title), this.#about, this.#results, this.#after];
    this.#details = element('details', isFirst || status !== 'STOPPED' ? { open: '' } : {}, ...parts);
    this.#details.addEventListener('toggle', () => this.#follow());
    this.article = element('article', { 'aria-labelledby': `experiment-${key}` }, this.#details);
  }

  /** @param experiment as the list has it now */
  show(experiment) {
    this.#experiment = experiment;
    fill(this.#title, heading(experiment));
    fill(this.#about, about(experiment));
    this.#after.hidden = this.#isDraft();
    this.#follow();
    this.#draw();
  }

  #isDraft() {
    return this.#experiment.status === 'DRAFT';
  }

  #follow() {
    const isWanted = this.#details.open && !this.#isDraft();
    if (isWanted && this.#end === null) {
      const take = ({ experimentResults }) => {
        this.#newest = experimentResults;
        this.#draw();
      };
      // Folding it up and down asks again.
      const tell = (message) => fill(this.#results, [element('p', { class: 'bad' }, message)]);
      this.#end = this.#subscriptions.subscribe(resultsQuery, { key: this.#experiment.key }, take, tell);
    } else if (!isWanted && this.#end !== null) {
      this.#end();
      this.#end = null;
    }
  }

  #draw() {
    if (this.#newest === null || this.#isDraft() || !this.#details.open) return;
    const [experiment, results] = [this.#experiment, this.#newest];
    const [primary, ...others] = results.metrics;
    fill(this.#results, [
      ...verdict(experiment, results),
      ...(primary ? [metricTable(experiment, primary)] : []),
      ...(primary ? liftFigures(experiment.key, primary, this.#series, Date.parse(results.asOf), this.#results.clientWidth) : []),
      ...shadows(experiment, results),
      ...guardrails(experiment, results),
    ]);
    this.#otherMetrics.hidden = others.length === 0;
    const names = others.map(({ metric }) => metricWords(metric).name);
    fill(this.#otherMetrics.firstChild, [`Other metrics: ${names.join(', ')}`]);
    fill(
      this.#others,
      others.map((other) => metricTable(experiment, other)),
    );
  }
}
