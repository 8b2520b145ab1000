import { paintPixels } from '../raster/paint-image.js'
import { checkImage, rangeOf, type PixelImage, type PixelRange } from '../raster/pixel-image.js'
import type { ColourMapName } from '../theme/colour-map.js'

/**
 * `truecolour`: half blocks in 24-bit colour, two pixels a character cell; `colour256`: the same in 256 colours;
 * `ascii`: no escape codes at all.
 */
export type TerminalMode = 'truecolour' | 'colour256' | 'ascii'

export interface TerminalImageOptions {
  mode: TerminalMode
  /** Character columns at most. Defaults to 80. */
  columns?: number
  range?: PixelRange
  colours?: ColourMapName
}

/** Tells what a terminal shows from its environment (COLORTERM, TERM, NO_COLOR) and whether it is one. */
export function terminalMode(
  environment: Record<string, string | undefined>,
  isTerminal: boolean,
): TerminalMode {
  const { COLORTERM = '', TERM = '', NO_COLOR } = environment
  if (!isTerminal || (NO_COLOR !== undefined && NO_COLOR !== '') || TERM === 'dumb') return 'ascii'
  if (/truecolor|24bit/i.test(COLORTERM) || /direct|kitty|alacritty/i.test(TERM))
    return 'truecolour'
  return TERM.includes('256') ? 'colour256' : 'ascii'
}

// From little ink to much, as the glyphs of common terminal fonts cover their cell.
const shades = ' .:-=+*#%@'

/** Draws an image as lines of terminal text, bright for high values; wide images are averaged down to fit. */
export function terminalImage(image: PixelImage, options: TerminalImageOptions): string {
  checkImage(image, 'terminalImage')
  const { mode, columns = 80, colours } = options
  const range = options.range ?? rangeOf([image])
  // an ASCII cell is about twice as high as wide: each pixel takes two characters while they fit
  const wide = mode === 'ascii' && image.width * 2 <= columns ? 2 : 1
  const step = Math.max(1, Math.ceil((image.width * wide) / columns))
  const small =
    step === 1 ? image : shrink(image, step, mode === 'ascii' && wide === 1 ? step * 2 : step)
  const squat = mode === 'ascii' && wide === 1 && step === 1 ? shrink(image, 1, 2) : small
  const painted = paintPixels(squat, { range, ...(colours ? { colours } : {}) })
  const at = (x: number, y: number): [number, number, number] => {
    const i = (y * squat.width + x) * painted.channels
    const red = painted.pixels[i] ?? 0
    if (painted.channels === 1) return [red, red, red]
    return [red, painted.pixels[i + 1] ?? 0, painted.pixels[i + 2] ?? 0]
  }
  return mode === 'ascii' ? asciiLines(squat, at, wide) : blockLines(squat, at, mode)
}

type At = (x: number, y: number) => [number, number, number]

function asciiLines(image: PixelImage, at: At, wide: number): string {
  const lines: string[] = []
  for (let y = 0; y < image.height; y++) {
    let line = ''
    for (let x = 0; x < image.width; x++) {
      const [r, g, b] = at(x, y)
      const grey = (0.299 * r + 0.587 * g + 0.114 * b) / 255
      line += (shades[Math.round(grey * (shades.length - 1))] ?? ' ').repeat(wide)
    }
    lines.push(line.trimEnd())
  }
  return lines.join('\n')
}

function blockLines(image: PixelImage, at: At, mode: TerminalMode): string {
  const code = (rgb: [number, number, number], ground: 38 | 48) =>
    mode === 'truecolour' ? `${ground};2;${rgb.join(';')}` : `${ground};5;${nearest256(rgb)}`
  const lines: string[] = []
  for (let y = 0; y < image.height; y += 2) {
    let line = ''
    let last = ''
    for (let x = 0; x < image.width; x++) {
      const upper = code(at(x, y), 38)
      // below the last row of an odd image the terminal's own background shows
      const lower = y + 1 < image.height ? code(at(x, y + 1), 48) : '49'
      const codes = `\u001b[${upper};${lower}m`
      if (codes !== last) line += codes
      last = codes
      line += '▀'
    }
    lines.push(line + '\u001b[0m')
  }
  return lines.join('\n')
}

function nearest256([r, g, b]: [number, number, number]): number {
  if (Math.max(r, g, b) - Math.min(r, g, b) < 10) {
    if (r < 4) return 16
    if (r > 246) return 231
    return 232 + Math.min(23, Math.max(0, Math.round((r - 8) / 10)))
  }
  const cube = (v: number) => Math.round((v / 255) * 5)
  return 16 + 36 * cube(r) + 6 * cube(g) + cube(b)
}

/** Averages blocks of stepX × stepY pixels. */
function shrink(image: PixelImage, stepX: number, stepY: number): PixelImage {
  const { channels = 1 } = image
  const width = Math.ceil(image.width / stepX)
  const height = Math.ceil(image.height / stepY)
  const data = new Float32Array(width * height * channels)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0
        let count = 0
        for (let v = y * stepY; v < Math.min(image.height, (y + 1) * stepY); v++) {
          for (let u = x * stepX; u < Math.min(image.width, (x + 1) * stepX); u++) {
            sum += image.data[(v * image.width + u) * channels + c] ?? 0
            count++
          }
        }
        data[(y * width + x) * channels + c] = sum / count
      }
    }
  }
  return { data, height, width, channels }
}

/** Draws several images side by side in the terminal, a caption under each. */
export function terminalRow(
  images: readonly { image: PixelImage; caption?: string }[],
  options: TerminalImageOptions,
): string {
  const gap = 2
  const { columns = 80 } = options
  const blocks = images.map(({ image, caption }) => {
    const each = Math.max(8, Math.floor((columns - gap * (images.length - 1)) / images.length))
    const lines = terminalImage(image, { ...options, columns: each }).split('\n')
    const width = Math.max(...lines.map(visibleLength), caption?.length ?? 0)
    return { lines: caption === undefined ? lines : [...lines, caption], width }
  })
  const height = Math.max(0, ...blocks.map((block) => block.lines.length))
  return Array.from({ length: height }, (_u, i) =>
    blocks
      .map(({ lines, width }) => {
        const line = lines[i] ?? ''
        return line + ' '.repeat(width - visibleLength(line))
      })
      .join(' '.repeat(gap))
      .trimEnd(),
  ).join('\n')
}

function visibleLength(line: string): number {
  // eslint-disable-next-line no-control-regex -- an escape sequence starts with ESC
  return line.replace(/\u001b\[[0-9;]*m/g, '').length
}
