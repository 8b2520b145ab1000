import {
  composePicture,
  rowOfDrawings,
  stackDrawings,
  type PictureOptions,
} from '../picture/compose-picture.js'
import type { Drawing, Picture } from '../picture/picture.js'
import { rangeOf, type PixelImage } from '../raster/pixel-image.js'
import { themeOf } from '../theme/theme.js'
import { VizError } from '../viz-error.js'
import { tileGrid } from './tile-grid.js'

export interface RgbChannelsOptions extends PictureOptions {
  /** Pixels along the longer side. Defaults to 200. */
  tileSize?: number
  /** Paints 255 − x on white, as ink, in place of light on black. Defaults to false. */
  asInk?: boolean
}

/** Draws a colour image beside its red, green and blue channels, each in its own colour. */
export function rgbChannels(image: PixelImage, options: RgbChannelsOptions = {}): Picture {
  if (image.channels !== 3) {
    throw new VizError(
      'image',
      `rgbChannels: expected an image of 3 channels, received ${image.channels ?? 1}. Pass an RGB image.`,
    )
  }
  const theme = themeOf(options.theme)
  const { tileSize = 200, asInk = false } = options
  const [low, high] = rangeOf([image])
  const drawings: Drawing[] = [
    tileGrid([{ image, caption: 'the image' }], { columns: 1, tileSize, theme, captionSize: 12 }),
  ]
  const names = ['red', 'green', 'blue']
  names.forEach((name, channel) => {
    const data = new Float32Array(image.height * image.width * 3).fill(asInk ? 1 : 0)
    for (let p = 0; p < image.height * image.width; p++) {
      const share = ((image.data[p * 3 + channel] ?? 0) - low) / (high - low || 1)
      for (let c = 0; c < 3; c++) {
        if (asInk) data[p * 3 + c] = c === channel ? 1 : share
        else if (c === channel) data[p * 3 + c] = share
      }
    }
    drawings.push(
      tileGrid([{ image: { ...image, data }, caption: name }], {
        columns: 1,
        tileSize,
        theme,
        captionSize: 12,
        paint: { range: [0, 1] },
      }),
    )
  })
  return composePicture(
    stackDrawings([rowOfDrawings(drawings, 14)]),
    {
      title: options.title ?? 'A colour image and its channels',
      subtitle: options.subtitle ?? `${image.height} × ${image.width} × 3`,
      description: 'The image, then its red, green and blue channels, each in its own colour.',
      caption: '',
    },
    theme,
  )
}
