/** Writes JSON that keeps NaN and the infinities, which plain JSON makes null of. */
export function toExactJson(value: unknown): string {
  const replace = (_key: string, item: unknown): unknown =>
    typeof item === 'number' && !Number.isFinite(item) ? { $number: String(item) } : item
  return `${JSON.stringify(value, replace, 2)}\n`
}

/** Reads what `toExactJson` wrote. */
export function fromExactJson(text: string): unknown {
  return JSON.parse(text, (_key, item: unknown) => {
    if (typeof item !== 'object' || item === null || !('$number' in item)) return item
    return Number(item.$number)
  })
}
