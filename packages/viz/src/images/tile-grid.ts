import type { Drawing } from '../picture/picture.js'
import { imageElement, type PaintOptions } from '../raster/paint-image.js'
import type { PixelImage } from '../raster/pixel-image.js'
import { element } from '../svg/element.js'
import { textAt } from '../svg/text.js'
import { fitText } from '../text/measure-text.js'
import type { Theme } from '../theme/theme.js'

/** One image of a grid, with markup drawn below it in a box of its own. */
export interface Tile {
  image: PixelImage
  caption?: string
  /** Draws over the tile; gets the image's box. */
  overlay?: (box: { x: number; y: number; width: number; height: number }) => string
}

export interface TileGridOptions {
  columns: number
  /** Pixels along the longer side of an image. */
  tileSize: number
  theme: Theme
  paint?: PaintOptions | ((tile: Tile) => PaintOptions)
  gap?: number
  /** The least width of a column, where captions need more than the tiles. */
  cellWidth?: number
  captionSize?: number
  /** Draws a caption itself, where words alone won't do; gets the middle of the caption's line. */
  drawCaption?: (tile: Tile, index: number, box: { x: number; y: number; width: number }) => string
}

/** Sets images in rows and columns, each column as wide as its tiles, captions below. */
export function tileGrid(tiles: readonly Tile[], options: TileGridOptions): Drawing {
  const { columns, tileSize, theme, gap = 6, captionSize = 11 } = options
  const captioned = options.drawCaption !== undefined || tiles.some((tile) => tile.caption)
  const captionHeight = captioned ? captionSize + 6 : 0
  let body = ''
  const rows = Math.ceil(tiles.length / columns)
  const sizes = tiles.map(({ image }) => {
    const scale = tileSize / Math.max(image.width, image.height)
    return { width: image.width * scale, height: image.height * scale }
  })
  const cellWidth = Math.max(options.cellWidth ?? 0, tileSize / 4, ...sizes.map((s) => s.width))
  const cellHeight = Math.max(Math.min(8, tileSize / 8), ...sizes.map((s) => s.height))
  tiles.forEach((tile, i) => {
    const size = sizes[i] ?? { width: tileSize, height: tileSize }
    const left = (i % columns) * (cellWidth + gap)
    const top = Math.floor(i / columns) * (cellHeight + captionHeight + gap)
    const box = { x: left + (cellWidth - size.width) / 2, y: top, ...size }
    const paint = typeof options.paint === 'function' ? options.paint(tile) : options.paint
    body += imageElement(tile.image, box, paint)
    body += element('rect', {
      ...box,
      fill: 'none',
      stroke: theme.grid,
      'stroke-width': 1,
    })
    if (tile.overlay) body += tile.overlay(box)
    const line = {
      x: left + cellWidth / 2,
      y: top + cellHeight + captionSize + 2,
      width: cellWidth,
    }
    if (options.drawCaption) body += options.drawCaption(tile, i, line)
    else if (tile.caption) {
      const text = fitText(tile.caption, cellWidth + gap - 2, captionSize)
      body += textAt(line.x, line.y, text, {
        fill: theme.ink,
        size: captionSize,
        anchor: 'middle',
      })
    }
  })
  const usedColumns = Math.min(columns, tiles.length)
  return {
    body,
    width: Math.max(0, usedColumns * (cellWidth + gap) - gap),
    height: Math.max(0, rows * (cellHeight + captionHeight + gap) - gap),
  }
}
