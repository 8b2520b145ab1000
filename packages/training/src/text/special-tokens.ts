/** Names of classes that stand for no character: CTC's blank, a line's start and end, and what fills it up. */
export const specialTokens = { blank: '<B>', start: '<S>', end: '<E>', padding: '<P>' } as const

const names = new Set<string>(Object.values(specialTokens))

/** Says whether a class's name is a special token's. */
export function isSpecialToken(name: string | undefined): boolean {
  return name !== undefined && names.has(name)
}
