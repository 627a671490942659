/** One measured number. `ratio` compares it with the baseline that was measured in the same run. */
export type BenchFigure = {
  readonly bench: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly ratio?: number;
};
