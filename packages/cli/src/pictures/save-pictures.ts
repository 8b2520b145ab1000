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

/** Writes pictures into one file: HTML has a figure each, all else sets them below one another. */
export async function savePictures(
  pictures: readonly Picture[],
  name: string,
  values: PictureValues,
  printer: Printer,
): Promise<number> {
  const { savePicture } = await import('@ductus/viz')
  const path = values.out ?? `${name}.png`
  await savePicture(pictures, path, pictureOptions(values))
  printer.result(`${relative('.', path)}: ${pictures.map((picture) => picture.title).join('; ')}`)
  printer.json({
    status: 'completed',
    path,
    pictures: pictures.map(({ title, description }) => ({ title, description })),
  })
  return 0
}
