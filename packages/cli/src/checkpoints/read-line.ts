import type { LineReader, LineReading, LineRecognizer } from '@ductus/training'
import type { Polarity } from '../image/background-colour.js'
import type { InkImage, RgbaImage } from '../image/pixels.js'
import type { Preprocessing } from '../image/prepare-image.js'
import { prepareLine, type PreparedLine } from '../image/prepare-line.js'
import type { LinePlace } from '../image/to-line-form.js'
import { scoreInputs } from './score-inputs.js'

/** What is tried where the place of a character decides: free columns before the first, of 28, and widths. */
const places: readonly LinePlace[] = [2, 4, 6, 8, 10, 12].flatMap((columns) =>
  [0.97, 1, 1.03].map((stretch) => ({ margin: columns / 28, stretch })),
)

/** A picture of a line that was read. */
export interface ReadLine {
  text: string
  /** Each character, how sure it is (0 to 1), and its middle in pixels of `ink`. */
  characters: { character: string; confidence: number; x: number }[]
  ink: InkImage
}

/**
 * Reads a picture of a line. A network of one pitch (cross-entropy) wants its characters in their places, and no
 * picture tells to a pixel where they begin and how wide they are: some ways are tried, and the surest reading stays.
 */
export async function readLine(
  image: RgbaImage,
  {
    module,
    preprocessing,
    polarity,
  }: { module: LineRecognizer; preprocessing: Preprocessing; polarity: Polarity },
): Promise<ReadLine> {
  const { height, width, channels } = preprocessing
  const { reader } = module
  const fixed = reader.loss === 'ctc' || image.height === height
  const tries = (fixed ? [{}] : places).map((place) =>
    prepareLine(image, preprocessing, polarity, place),
  )
  const inputs = tries.flatMap(({ pieces }) => pieces.map(({ values }) => values))
  const scored = await scoreInputs(module, inputs, [height, width, channels])
  const scores = scored.map(({ outputs }) => outputs)
  let at = 0
  const read = tries.map((line) => {
    const own = scores.slice(at, (at += line.pieces.length)).map((values) => reader.read(values))
    return { line, readings: own, sure: sureness(own) }
  })
  const best = read.reduce((a, b) => (b.sure > a.sure ? b : a))
  return joined(best.line, best.readings, width, stepsOf(scores[0], reader))
}

function stepsOf(scores: Float32Array | undefined, { mapping }: LineReader): number {
  return (scores?.length ?? 0) / mapping.length
}

function sureness(readings: readonly LineReading[]): number {
  const characters = readings.flatMap((reading) => reading.characters)
  if (characters.length === 0) return 0
  return characters.reduce((sum, { confidence }) => sum + confidence, 0) / characters.length
}

function joined(
  { ink, pieces }: PreparedLine,
  readings: readonly LineReading[],
  width: number,
  steps: number,
): ReadLine {
  const characters = readings.flatMap((reading, i) =>
    reading.characters.map(({ character, confidence, first, last }) => ({
      character,
      confidence,
      x: (pieces[i]?.left ?? 0) + (((first + last + 1) / 2) * width) / steps,
    })),
  )
  return { text: readings.map(({ text }) => text).join(''), characters, ink }
}
