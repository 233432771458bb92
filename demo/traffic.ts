import sharp from 'sharp';
import type { Client } from './client';
import type { Digit } from './held-out-digits';

const predictMutation = `mutation ($input: PredictInput!) { predict(input: $input) { id predictedClass version } }`;
const labelMutation = `mutation ($input: LabelInput!) { recordLabel(input: $input) { id } }`;

export interface Traffic {
  /** Requests that are sent each second. */
  readonly ratePerSecond: number;
  /** The truth about a prediction comes back after this long, at random up to twice as long. */
  readonly labelDelayMs: number;
  /** Begins the name of each unit; the same units keep their variants. */
  readonly units: string;
  /** Begins each idempotency key: what is sent again under another name counts again. */
  readonly name: string;
}

/** Where users come from, one after another. */
const countries = ['DE', 'FR', 'US'];

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Sends each digit as the photo of another user, and its true label a while later. Resolves when the last label is recorded; rejects at the first failure. */
export async function replay(client: Client, digits: readonly Digit[], traffic: Traffic, onSent: (sent: number) => void): Promise<void> {
  const visits: Promise<void>[] = [];
  const failed = new AbortController();
  for (const [index, digit] of digits.entries()) {
    visits.push(visit(client, digit, index, traffic).catch((error: unknown) => failed.abort(error)));
    onSent(index + 1);
    await pause(1000 / traffic.ratePerSecond);
    failed.signal.throwIfAborted();
  }
  await Promise.all(visits);
  failed.signal.throwIfAborted();
}

async function visit(client: Client, digit: Digit, index: number, { units, name, labelDelayMs }: Traffic): Promise<void> {
  const idempotencyKey = `${name}-${digit.file}`;
  const attributes = { country: countries[index % countries.length] };
  const input = { model: 'digits', unitId: `${units}-${index}`, attributes, image: digit.png.toString('base64'), idempotencyKey };
  const { predict } = await client.request<{ predict: { id: string } }>(predictMutation, { input });
  await pause(labelDelayMs * (1 + Math.random()));
  await client.request(labelMutation, { input: { predictionId: predict.id, class: digit.label, idempotencyKey } });
}

/** The camera breaks: every image comes out as a blurred negative. Labels no longer come. */
export async function replayBroken(
  client: Client,
  digits: readonly Digit[],
  traffic: Pick<Traffic, 'ratePerSecond'>,
  isEnough: () => Promise<boolean>,
): Promise<boolean> {
  for (const [index, digit] of digits.entries()) {
    const broken = await sharp(digit.png).blur(0.8).negate().png().toBuffer();
    await client.request(predictMutation, { input: { model: 'digits', image: broken.toString('base64') } });
    await pause(1000 / traffic.ratePerSecond);
    if (index % 50 === 49 && (await isEnough())) return true;
  }
  return isEnough();
}
