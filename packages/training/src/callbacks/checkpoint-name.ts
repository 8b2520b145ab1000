/**
 * Fills in a template of a checkpoint's name: `{epoch}`, `{step}` and any metric, each with a format such as `04` (four
 * digits, zeros before) or `.3f` (three decimals). The key is written before its value; what a
 * file system does not take in a name, such as `/`, becomes `.`.
 *
 * @example
 * checkpointName('{epoch:04}-{validation/loss:.3f}', { epoch: 3, 'validation/loss': 0.1234 })
 * // 'epoch=0003-validation.loss=0.123'
 */
export function checkpointName(
  template: string,
  values: Readonly<Record<string, number | undefined>>,
): string {
  const filled = template.replace(/\{([^{}:]+)(?::([^{}]*))?\}/g, (_, key: string, format = '') => {
    const value = values[key]
    return `${key}=${value === undefined ? 'none' : formatted(value, format as string)}`
  })
  return filled.replace(/[/\\:*?"<>|]/g, '.')
}

function formatted(value: number, format: string): string {
  const decimals = /^\.(\d+)f?$/.exec(format)?.[1]
  if (decimals !== undefined) return value.toFixed(Number(decimals))
  const digits = /^0(\d+)d?$/.exec(format)?.[1]
  return digits === undefined ? String(value) : String(value).padStart(Number(digits), '0')
}
