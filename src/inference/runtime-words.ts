/** Where in the runtime's source it was thrown; of use to nobody who exports models. */
const sourcePlace = /\/onnxruntime_src\/\S+:\d+ [^\n]*?\((?:[^()]|\([^()]*\))*\)(?: const)? /g;

/** What to do about the refusals that people meet. */
const advice: readonly (readonly [words: RegExp, advice: string])[] = [
  [
    /Unsupported model IR version|is till opset|Opset \d+ is under development/,
    'Export it for an older opset, or save it with an older IR version.',
  ],
  [/Unsupported data type: \d+/, 'An output is of a type that cannot be read (bfloat16, 8-bit floats); put a Cast to float32 before it.'],
  [
    /is not a registered function\/op|No Op registered|No opset import for domain/,
    'It has operators that the runtime does not know: export it with those of ONNX and ai.onnx.ml only.',
  ],
  [/Could not find an implementation for/, 'The processor has no code for this operator at this type; export the model with float32.'],
  [/en_US\.UTF-8|Failed to construct locale/, 'Install the locale en_US.UTF-8, which operators on texts need.'],
  [/Failed to allocate memory|exceeds the \d+ byte limit/, 'Its tensors are larger than the memory; check the shapes in the file.'],
];

const maxLength = 600;

/** The runtime's own words without where it said them, and what to do. */
export function inPlainWords(message: string): string {
  const words = readable(message.replace(sourcePlace, '').trim());
  const sentence = /[.!?]$/.test(words) ? words : `${words}.`;
  const found = advice.find(([pattern]) => pattern.test(words));
  return `${sentence} ${found?.[1] ?? 'Check the file with onnx.checker, and export it again.'}`;
}

/** It quotes names from the file, whatever they are. */
export function readable(words: string): string {
  const printable = words.replace(/[\p{Cc}\uFFFD]+/gu, ' ');
  return printable.length <= maxLength ? printable : `${printable.slice(0, maxLength)}...`;
}
