import type { Picture } from '@ductus/viz'
import { relative } from 'node:path'
import type { Printer } from '../terminal/printer.js'

export interface PictureValues {
  out?: string
  theme?: string
  title?: string
}

/** Takes what every picture is drawn with from the options. */
export function pictureOptions({ theme, title }: PictureValues): {
  theme: 'light' | 'dark'
  title?: string
} {
  return { theme: theme === 'dark' ? 'dark' : 'light', ...(title === undefined ? {} : { title }) }
}

/** What several pictures in one file are called together. */
const together: Readonly<Record<string, string>> = {
  curves: 'Training curves',
  'explain-conv': 'A convolution explained',
  history: 'Weights over training',
  kernels: 'Kernels',
}

/** Writes pictures into one file: HTML has a figure each, all else sets them below one another. */
export async function savePictures(
  pictures: readonly Picture[],
  name: string,
  values: PictureValues,
  printer: Printer,
): Promise<number> {
  const { savePicture } = await import('@ductus/viz')
  const path = values.out ?? `${name}.png`
  const heading = values.title ?? (pictures.length > 1 ? together[name] : undefined)
  const { theme } = pictureOptions(values)
  await savePicture(pictures, path, { theme, ...(heading === undefined ? {} : { title: heading }) })
  printer.result(`${relative('.', path)}: ${pictures.map((picture) => picture.title).join('; ')}`)
  printer.json({
    status: 'completed',
    path,
    pictures: pictures.map(({ title, description }) => ({ title, description })),
  })
  return 0
}
