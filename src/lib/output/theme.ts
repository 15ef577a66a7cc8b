/** How the place we print to looks. Views ask it for colour and width and never look themselves. */
export interface Theme {
  /** Columns to fill; pipes get a width that never wraps. */
  readonly width: number
  /** False on a pipe: no borders, no drawing characters. */
  readonly rich: boolean
  readonly bold: Paint
  readonly dim: Paint
  readonly good: Paint
  readonly bad: Paint
  readonly warn: Paint
  readonly accent: Paint
}

export type Paint = (text: string) => string
