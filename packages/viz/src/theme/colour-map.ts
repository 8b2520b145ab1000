import { VizError } from '../viz-error.js'

export type ColourMapName =
  'grey' | 'grey-inverted' | 'plasma' | 'viridis' | 'reds' | 'greens' | 'blues' | 'diverging'

type Rgb = readonly [number, number, number]

// Anchors of matplotlib's plasma and viridis (BSD-style licence, CC0 colour data), nine steps apart.
const anchors: Record<ColourMapName, string> = {
  grey: '000000 ffffff',
  'grey-inverted': 'ffffff 000000',
  plasma: '0d0887 46039f 7201a8 9c179e bd3786 d8576b ed7953 fb9f3a fdca26 f0f921',
  viridis: '440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725',
  reds: '000000 ff0000',
  greens: '000000 00ff00',
  blues: '000000 0000ff',
  diverging: '08439a 3c86c8 9cc7e6 f4f4f2 f5b187 dc6418 8f3300',
}

const parsed = new Map<ColourMapName, Rgb[]>()

function stopsOf(name: ColourMapName): Rgb[] {
  let stops = parsed.get(name)
  if (!stops) {
    const text = (anchors as Record<string, string | undefined>)[name]
    if (!text) {
      const known = Object.keys(anchors).join(', ')
      throw new VizError('argument', `Unknown colour map "${name}". Known: ${known}.`)
    }
    stops = text.split(' ').map((hex) => {
      const n = Number.parseInt(hex, 16)
      return [n >> 16, (n >> 8) & 255, n & 255] as const
    })
    parsed.set(name, stops)
  }
  return stops
}

/** Maps a share of the range, 0 to 1 (clamped), to red, green and blue in 0–255. */
export function colourAt(name: ColourMapName, share: number): Rgb {
  const stops = stopsOf(name)
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1)
  const low = Math.min(stops.length - 2, Math.floor(place))
  const a = stops[low] ?? [0, 0, 0]
  const b = stops[low + 1] ?? a
  const mix = (i: 0 | 1 | 2) => Math.round(a[i] + (b[i] - a[i]) * (place - low))
  return [mix(0), mix(1), mix(2)]
}

/** Writes a colour that stands for a value. Not as #rrggbb: those are the theme's, and follow it into the dark. */
export function valueColour(rgb: Rgb): string {
  return `rgb(${rgb.join(',')})`
}

/** Says whether black or white reads better on a colour (relative luminance, WCAG 2). */
export function inkOn(rgb: Rgb): '#000' | '#fff' {
  const linear = rgb.map((v) => {
    const c = v / 255
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  })
  const luminance =
    0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0)
  return luminance > 0.179 ? '#000' : '#fff'
}
