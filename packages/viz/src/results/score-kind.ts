/**
 * What a model's score of a class is: a `probability` (those of all classes add up to 1), a `class-probability` (each
 * class judged by itself), or a plain `score`, which is no probability.
 */
export type ScoreKind = 'probability' | 'class-probability' | 'score'

const kinds: readonly string[] = ['probability', 'class-probability', 'score']

/** Tells a kind of score from anything else. */
export function isScoreKind(value: unknown): value is ScoreKind {
  return kinds.includes(value as string)
}

/** Names a score in a sentence. */
export function scoreWords(kind: ScoreKind): string {
  if (kind === 'score') return 'score'
  return kind === 'probability' ? 'probability' : 'probability of that class by itself'
}

/** Writes a plain score: it has no percent. */
export function plainScore(score: number): string {
  return Number.isFinite(score) ? score.toFixed(2).replace('-', '−') : ''
}
