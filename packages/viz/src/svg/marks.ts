import { element, svgNumber } from './element.js'

/** Draws a tick in a box of `size` pixels at (x, y): right, told by shape and not by colour alone. */
export function tick(x: number, y: number, size: number, colour: string): string {
  const at = (dx: number, dy: number) => `${svgNumber(x + dx * size)},${svgNumber(y + dy * size)}`
  return element('path', {
    d: `M${at(0.1, 0.55)}L${at(0.4, 0.85)}L${at(0.92, 0.15)}`,
    fill: 'none',
    stroke: colour,
    'stroke-width': size * 0.18,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
  })
}

/** Draws a cross in a box of `size` pixels at (x, y): wrong. */
export function cross(x: number, y: number, size: number, colour: string): string {
  const at = (dx: number, dy: number) => `${svgNumber(x + dx * size)},${svgNumber(y + dy * size)}`
  return element('path', {
    d: `M${at(0.15, 0.15)}L${at(0.85, 0.85)}M${at(0.85, 0.15)}L${at(0.15, 0.85)}`,
    fill: 'none',
    stroke: colour,
    'stroke-width': size * 0.2,
    'stroke-linecap': 'round',
  })
}

/** Draws an arrow from one point to another, its head at the second. */
export function arrow(
  from: readonly [number, number],
  to: readonly [number, number],
  colour: string,
  options: { width?: number; head?: number; dash?: string; opacity?: number } = {},
): string {
  const { width = 1.5, head = 6, dash, opacity } = options
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0])
  const back = (side: number) =>
    `${svgNumber(to[0] - head * Math.cos(angle + side))},${svgNumber(to[1] - head * Math.sin(angle + side))}`
  const stop = [to[0] - head * 0.7 * Math.cos(angle), to[1] - head * 0.7 * Math.sin(angle)] as const
  return element(
    'g',
    { opacity },
    element('path', {
      d: `M${svgNumber(from[0])},${svgNumber(from[1])}L${svgNumber(stop[0])},${svgNumber(stop[1])}`,
      stroke: colour,
      'stroke-width': width,
      'stroke-dasharray': dash,
      fill: 'none',
    }),
    element('path', {
      d: `M${svgNumber(to[0])},${svgNumber(to[1])}L${back(0.45)}L${back(-0.45)}Z`,
      fill: colour,
    }),
  )
}
