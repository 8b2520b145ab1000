/** An attribute's value; `undefined` and `false` leave the attribute out. */
export type AttributeValue = string | number | boolean | undefined

/** Escapes text for XML and HTML, and drops the control characters that XML forbids. */
export function escapeXml(text: string): string {
  return (
    text
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
      .replace(/'/g, '&#39;')
      // eslint-disable-next-line no-control-regex -- XML 1.0 forbids exactly these
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
  )
}

/** Writes a number for SVG: two decimals at most, no exponent, no minus zero. */
export function svgNumber(value: number): string {
  if (!Number.isFinite(value)) return '0'
  return String(Math.round(value * 100) / 100 + 0)
}

/** Builds one element as text. Children are markup already; texts go through `escapeXml` first. */
export function element(
  name: string,
  attributes: Record<string, AttributeValue>,
  ...children: string[]
): string {
  let open = `<${name}`
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    const text = typeof value === 'number' ? svgNumber(value) : value === true ? key : value
    open += ` ${key}="${escapeXml(text)}"`
  }
  return children.length === 0 ? `${open}/>` : `${open}>${children.join('')}</${name}>`
}

/** Moves markup to (x, y). */
export function translate(x: number, y: number, ...children: string[]): string {
  return element('g', { transform: `translate(${svgNumber(x)},${svgNumber(y)})` }, ...children)
}
