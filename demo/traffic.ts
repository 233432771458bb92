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
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Sends each digit as the photo of another user, and its true label a while later. Resolves when the last label is recorded. */
export async function replay(client: Client, digits: readonly Digit[], traffic: Traffic, onSent: (sent: number) => void): Promise<void> {
  const visits: Promise<void>[] = [];
  for (const [index, digit] of digits.entries()) {
    visits.push(visit(client, digit, `user-${index}`, traffic.labelDelayMs));
    onSent(index + 1);
    await pause(1000 / traffic.ratePerSecond);
  }
  await Promise.all(visits);
}

async function visit(client: Client, digit: Digit, unitId: string, labelDelayMs: number): Promise<void> {
  const input = { model: 'digits', unitId, image: digit.png.toString('base64'), idempotencyKey: `demo-${digit.file}` };
  const { predict } = await client.request<{ predict: { id: string } }>(predictMutation, { input });
  await pause(labelDelayMs * (1 + Math.random()));
  await client.request(labelMutation, { input: { predictionId: predict.id, class: digit.label, idempotencyKey: `demo-${digit.file}` } });
}

/** The camera breaks: every image comes out as a blurred negative. Labels no longer come. */
export async function replayBroken(
  client: Client,
  digits: readonly Digit[],
  traffic: Traffic,
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
