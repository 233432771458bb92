import { type AST, RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';

/** Longest text that a pattern is tried on; with it, the limits below keep one test under a few million steps. */
export const maxPatternText = 256;
const maxPatternLength = 500;
/** By the number of repetitions (*, +, {m,n}): how many combinations of alternatives and optional parts there may be. */
const maxChoices = [4_000, 100, 8];

/**
 * Why a regular expression may not be run on texts that strangers send, as the end of a sentence; null when it may. JavaScript's engine
 * backtracks: `(a+)+$` needs 2^n steps for n characters. Refused is whatever can make that exponential (a repetition or an alternative inside a
 * repeated group, back references, look-around), more than two repetitions, since r of them need about n^(r+1) steps without an anchor, and too
 * many combinations of alternatives, each of which may be tried. Repetitions with a fixed count cost nothing extra.
 *
 * @example costlyPattern('(a+)+$'); // 'has a repetition inside a repeated group'
 */
export function costlyPattern(pattern: string): string | null {
  if (pattern.length > maxPatternLength) return `is longer than ${maxPatternLength} characters`;
  let ast: AST.Pattern;
  try {
    ast = new RegExpParser({ ecmaVersion: 2024 }).parsePattern(pattern);
  } catch {
    return 'is not a regular expression';
  }
  const cost = costOf(ast);
  if (cost.problem !== null) return cost.problem;
  const allowed = maxChoices[cost.repetitions];
  if (allowed === undefined) return `has more than ${maxChoices.length - 1} repetitions (*, + or {m,n})`;
  return cost.choices > allowed ? 'has too many alternatives and optional parts that can be combined' : null;
}

function costOf(ast: AST.Pattern) {
  const cost = { problem: null as string | null, repetitions: 0, choices: 1 };
  let repeatedGroups = 0;
  const choose = ({ alternatives }: AST.Group | AST.CapturingGroup) => {
    cost.choices *= alternatives.length;
    if (repeatedGroups > 0 && alternatives.length > 1) cost.problem ??= 'has an alternative inside a repeated group';
  };
  visitRegExpAST(ast, {
    onQuantifierEnter({ min, max, element }) {
      if (repeatedGroups > 0 && min !== max) cost.problem ??= 'has a repetition inside a repeated group';
      if (min !== max && max > 1) cost.repetitions++;
      else if (min !== max) cost.choices *= 2;
      if (max > 1 && isGroup(element)) repeatedGroups++;
    },
    onQuantifierLeave({ max, element }) {
      if (max > 1 && isGroup(element)) repeatedGroups--;
    },
    onGroupEnter: choose,
    onCapturingGroupEnter: choose,
    onBackreferenceEnter() {
      cost.problem ??= 'has a back reference';
    },
    onAssertionEnter({ kind }) {
      if (kind === 'lookahead' || kind === 'lookbehind') cost.problem ??= `has a ${kind}`;
    },
  });
  return cost;
}

function isGroup({ type }: AST.QuantifiableElement): boolean {
  return type === 'Group' || type === 'CapturingGroup';
}
