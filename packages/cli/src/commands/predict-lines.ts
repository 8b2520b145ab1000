import type { LineRecognizer } from '@ductus/training'
import { readLine } from '../checkpoints/read-line.js'
import type { Polarity } from '../image/background-colour.js'
import type { Preprocessing } from '../image/prepare-image.js'
import { readImage } from '../image/read-image.js'
import type { CliIo } from '../terminal/cli-io.js'
import { lineArt } from '../terminal/line-art.js'
import type { Printer } from '../terminal/printer.js'

/** What was read in one picture of a line. */
export interface LinePrediction {
  file: string
  text: string
  characters: { character: string; confidence: number }[]
}

/** Reads pictures of lines and prints their text. */
export async function predictLines(
  files: readonly string[],
  { module, preprocessing }: { module: LineRecognizer; preprocessing: Preprocessing },
  values: { polarity?: string; show?: boolean },
  { io, printer }: { io: CliIo; printer: Printer },
): Promise<LinePrediction[]> {
  const { terminalMode } = await import('@ductus/viz')
  const polarity = (values.polarity ?? 'auto') as Polarity
  const predictions: LinePrediction[] = []
  for (const file of files) {
    const image = await readImage(file, 'line')
    const { text, characters, ink } = await readLine(image, { module, preprocessing, polarity })
    if (values.show === true) {
      const { columns, isTTY = false } = io.stdout
      printer.result(await lineArt(ink, characters, { mode: terminalMode(io.env, isTTY), columns }))
    }
    printer.result(`${file}: ${text === '' ? '(nothing read)' : text}`)
    predictions.push({
      file,
      text,
      characters: characters.map(({ character, confidence }) => ({ character, confidence })),
    })
  }
  return predictions
}
