import { parseManifest } from '../../../src/inference/manifest';

describe('parseManifest', () => {
  it('takes every key, and none', () => {
    expect(parseManifest('{}')).toEqual({});
    const all = {
      kind: 'image',
      task: 'classification',
      classLabels: ['a'],
      features: [{ name: 'x', type: 'FP32' }],
      preprocessing: [
        { type: 'Resize', size: 256 },
        { type: 'CenterCrop', size: [224, 224] },
        { type: 'Grayscale' },
        { type: 'ToTensor' },
        { type: 'Normalize', mean: [0.5], std: [0.5] },
      ],
      layout: 'NHWC',
      channelOrder: 'BGR',
      output: { name: 'y', scores: 'logits' },
      labels: ['canary'],
      champion: true,
      remote: { url: 'http://triton:8000', model: 'm', version: '1', timeoutMs: 500, headers: { 'x-a': 'b' }, headersFile: 'h.json' },
    };
    expect(parseManifest(JSON.stringify(all))).toMatchObject({
      layout: 'NHWC',
      preprocessing: [{ interpolation: 'bilinear' }, {}, {}, {}, {}],
    });
  });

  it.each([
    ['what is not JSON', '{', 'not valid JSON'],
    ['a misspelt key', '{"clasLabels":["a"]}', 'clasLabels'],
    ['a misspelt key inside a step', '{"preprocessing":[{"type":"Resize","sizes":3}]}', 'preprocessing.0'],
    ['a step nobody knows', '{"preprocessing":[{"type":"Blur"}]}', 'preprocessing.0'],
    ['a kind that nobody knows', '{"kind":"tensor"}', 'kind'],
    ['an address that is none', '{"remote":{"url":"triton:8000"}}', 'remote.url'],
    ['an address with a password', '{"remote":{"url":"http://me:secret@triton:8000"}}', 'remote.url'],
    ['a time that is none', '{"remote":{"url":"http://a","timeoutMs":0}}', 'remote.timeoutMs'],
    ['a value of the wrong type', '{"champion":"yes"}', 'champion'],
  ])('refuses %s and says where', (_, text, where) => {
    expect(() => parseManifest(text)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringContaining(where) }));
  });
});
