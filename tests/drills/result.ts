/** What a drill counted. A drill is passed with no duplicates and none lost; each unknown says why on its message. */
export type DrillResult = {
  readonly drill: string;
  /** Different messages that the provider really got. */
  readonly sent: number;
  readonly duplicates: number;
  /** Messages that neither the provider got nor our records call unknown. */
  readonly lost: number;
  readonly unknown: number;
};
