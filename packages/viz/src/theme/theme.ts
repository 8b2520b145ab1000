import { VizError } from '../viz-error.js'

export type ThemeName = 'light' | 'dark'

/** The colours of a picture. Each is used for one meaning only; series differ in lightness as well as in hue. */
export interface Theme {
  readonly name: ThemeName
  readonly background: string
  /** Panels and table stripes, a shade off the background. */
  readonly surface: string
  readonly ink: string
  readonly muted: string
  readonly grid: string
  readonly border: string
  readonly right: string
  readonly wrong: string
  readonly accent: string
  readonly highlight: string
  /** After Okabe and Ito's palette for the colour-blind (https://jfly.uni-koeln.de/color/). */
  readonly series: readonly string[]
}

const light: Theme = {
  name: 'light',
  background: '#fefefe',
  surface: '#f3f5f7',
  ink: '#1b2027',
  muted: '#566069',
  grid: '#e2e6ea',
  border: '#aab3bc',
  right: '#00699e',
  wrong: '#bf4b00',
  accent: '#155fa8',
  highlight: '#c98500',
  series: ['#0072b2', '#d55e00', '#008a63', '#b8568b', '#9a6b00', '#3f9bd6', '#5c4aa8', '#444b53'],
}

const dark: Theme = {
  name: 'dark',
  background: '#14181d',
  surface: '#1d232a',
  ink: '#e9edf1',
  muted: '#a3aeb9',
  grid: '#2d353e',
  border: '#57636f',
  right: '#6cbff5',
  wrong: '#ff9752',
  accent: '#62a9ee',
  highlight: '#f2bf4e',
  series: ['#56b4e9', '#f58f3c', '#3fc79a', '#e59ac4', '#e0b84c', '#a3d5f5', '#ab9cf0', '#c3cad2'],
}

export const themes: Readonly<Record<ThemeName, Theme>> = { light, dark }

/** Looks a theme up by name, or takes one as it is. Defaults to light. */
export function themeOf(theme: ThemeName | Theme = 'light'): Theme {
  if (typeof theme === 'object') return theme
  const found = (themes as Record<string, Theme | undefined>)[theme]
  if (found) return found
  throw new VizError(
    'argument',
    `Theme: expected light or dark, received ${String(theme)}. Pass one of the two names.`,
  )
}

/** Names a theme's colours for CSS: `--d-ink`, `--d-series-0`, … with their values. */
export function themeTokens(theme: Theme): [name: string, colour: string][] {
  const tokens: [string, string][] = []
  for (const [key, value] of Object.entries(theme) as [string, string | readonly string[]][]) {
    if (key === 'name') continue
    if (typeof value === 'string') tokens.push([`--d-${key}`, value])
    else value.forEach((colour, i) => tokens.push([`--d-${key}-${i}`, colour]))
  }
  return tokens
}
