/** Flattens nested options: `trainer.maxEpochs`. Lists are JSON; null and undefined are left out. */
export function flatHparams(value: object, prefix = ''): [string, string | number | boolean][] {
  return Object.entries(value).flatMap(([key, each]: [string, unknown]) => {
    const name = `${prefix}${key}`
    if (each === null || each === undefined) return []
    if (typeof each === 'string' || typeof each === 'boolean') return [[name, each]]
    if (typeof each === 'number') return [[name, Number.isFinite(each) ? each : String(each)]]
    if (typeof each === 'object' && !Array.isArray(each)) return flatHparams(each, `${name}.`)
    return [[name, JSON.stringify(each)]]
  })
}
