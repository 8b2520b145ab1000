/** What a fit that doesn't learn shows. */
export type LearningFindingCode =
  'LOSS_ROSE' | 'LOSS_FLAT' | 'ONE_CLASS' | 'AT_CHANCE' | 'ONE_READING' | 'DEAD_UNITS'

/** A sign that a fit didn't learn, in plain words. */
export interface LearningFinding {
  code: LearningFindingCode
  /** What was seen, with its numbers. */
  message: string
  /** The likely cause, and what to try next. */
  tryNext: string
}

/** Name and version of `findings.json`. */
export const findingsFormat = { format: 'ductus-findings', version: 1 } as const

/** Writes findings as lines of text; what to try is said once where it is the same for several. */
export function findingLines(findings: readonly LearningFinding[]): string[] {
  return findings.map(({ message, tryNext }, i) =>
    findings.slice(0, i).some((earlier) => earlier.tryNext === tryNext)
      ? message
      : `${message} ${tryNext}`,
  )
}
