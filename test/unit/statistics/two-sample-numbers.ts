import { referenceNumbers } from './reference-numbers';

type Ends = [number, number];

interface Tails {
  readonly 'two-sided': number;
  readonly less: number;
  readonly greater: number;
}

interface TwoSampleNumbers {
  readonly twoProportions: {
    id: string;
    x1: number;
    n1: number;
    x2: number;
    n2: number;
    expected: {
      diff: number;
      z_pooled: number | null;
      p_two_sided: number;
      p_less?: number;
      p_greater?: number;
      newcombe_ci95: Ends;
    };
  }[];
  readonly wilson: {
    id: string;
    k: number;
    n: number;
    confidence: number;
    wilson: Ends | null;
    clopperPearson?: Ends;
  }[];
  readonly welch: {
    id: string;
    moments: { n1: number; mean1: number; var1: number; n2: number; mean2: number; var2: number };
    x?: number[];
    y?: number[];
    expected: {
      t: number;
      df: number;
      p_two_sided: number;
      p_less: number;
      p_greater: number;
      diff: number;
      se: number;
      ci95: Ends;
    };
  }[];
  readonly mannWhitney: {
    id: string;
    x: number[];
    y: number[];
    expected: {
      asymptotic_cc: Tails;
      asymptotic: Tails;
      U1: number;
      U2: number;
      sigma_tie_corrected: number;
      prob_superiority: number;
    };
  }[];
  readonly fisher: {
    id: string;
    table: [Ends, Ends];
    expected: { p_two_sided: number; p_less: number; p_greater: number };
  }[];
  readonly moments: {
    id: string;
    chunks: number[][];
    expected: {
      n: number;
      mean: number | null;
      m2: number;
      variance_sample: number | null;
      m3: number;
      m4: number;
      min: number | null;
      max: number | null;
      skewness_population?: number;
      excess_kurtosis_population?: number;
    };
  }[];
}

export const twoSample = referenceNumbers<TwoSampleNumbers>('two-sample-tests');
