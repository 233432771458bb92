import { inPlainWords } from '../../../src/inference/runtime-words';

const place =
  '/onnxruntime_src/onnxruntime/core/graph/model.cc:202 onnxruntime::Model::Model(onnx::ModelProto&&, const std::function<void(int)>*, const onnxruntime::ModelOptions&) ';

describe('inPlainWords', () => {
  it.each([
    [
      `${place}Unsupported model IR version: 99, max supported IR version: 13\n`,
      /^Unsupported model IR version: 99, max supported IR version: 13\. Export it for an older/,
    ],
    [
      'Fatal error: com.example:Whiten(-1) is not a registered function/op',
      /Whiten\(-1\) is not a registered function\/op\. It has operators/,
    ],
    [
      `Status Message: ${place}Failed to allocate memory for requested buffer of size 4`,
      /^Status Message: Failed to allocate memory.* 4\. Its tensors/,
    ],
    ['Something else!', /^Something else! Check the file with onnx\.checker/],
    [`In Node, ("a\u0001\u0012b")`, /^In Node, \("a b"\)\. Check/],
    ['x'.repeat(5000), /^x{600}\.\.\. Check/],
  ])('says what to do: %#', (message, sentence) => {
    expect(inPlainWords(message)).toMatch(sentence);
  });
});
