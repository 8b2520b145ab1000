/** The options that were given: those left out take their defaults. */
export function given<Options extends object>(options: Options): Given<Options> {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Given<Options>
}

/** Options without what is undefined. */
export type Given<Options> = { [Key in keyof Options]?: Exclude<Options[Key], undefined> }
