import { themes, themeTokens } from './theme.js'

const tokenOf = new Map(themeTokens(themes.light).map(([name, colour]) => [colour, name]))

/**
 * Turns the light theme's colours in an SVG into CSS variables, so that one drawing follows the page's theme.
 * Only whole attribute values are touched: the light theme's colours are used by nothing else.
 */
export function themable(svg: string): string {
  return svg.replace(/="(#[0-9a-f]{6})"/g, (whole, colour: string) => {
    const token = tokenOf.get(colour)
    return token ? `="var(${token})"` : whole
  })
}

/** Writes the CSS that defines both themes: light, dark by the system's wish, and either by `data-theme`. */
export function themeCss(): string {
  const body = (name: 'light' | 'dark') =>
    themeTokens(themes[name])
      .map(([token, colour]) => `${token}:${colour}`)
      .join(';')
  return (
    `:root{color-scheme:light;${body('light')}}` +
    `@media(prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${body('dark')}}}` +
    `:root[data-theme=dark]{color-scheme:dark;${body('dark')}}`
  )
}
