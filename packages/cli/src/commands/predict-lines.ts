import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { Checkpoint } from '@ductus/training'
import { readLine } from '../checkpoints/read-line.js'
import type { Polarity } from '../image/background-colour.js'
import type { Preprocessing } from '../image/prepare-image.js'
import { readImage } from '../image/read-image.js'
import { lineReaderOf } from '../learning/module-of-checkpoint.js'
import type { CliIo } from '../terminal/cli-io.js'
import { lineArt } from '../terminal/line-art.js'
import type { Printer } from '../terminal/printer.js'

/** A network with its weights, and how its data were made. */
export interface TrainedNetwork {
  checkpoint: Checkpoint
  model: LayersModel
  mapping: readonly string[]
  preprocessing: Preprocessing
}

/** What was read in one picture of a line. */
export interface LinePrediction {
  file: string
  text: string
  characters: { character: string; confidence: number }[]
}

/** Reads pictures of lines and prints their text. */
export async function predictLines(
  files: readonly string[],
  { checkpoint, model, mapping, preprocessing }: TrainedNetwork,
  values: { polarity?: string; beamWidth?: number; show?: boolean },
  { io, printer }: { io: CliIo; printer: Printer },
): Promise<LinePrediction[]> {
  const { terminalMode } = await import('@ductus/viz')
  const reader = await lineReaderOf(checkpoint, mapping, values.beamWidth)
  const polarity = (values.polarity ?? 'auto') as Polarity
  const predictions: LinePrediction[] = []
  for (const file of files) {
    const image = await readImage(file, 'line')
    const { text, characters, ink } = await readLine(image, {
      model,
      reader,
      preprocessing,
      polarity,
    })
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
