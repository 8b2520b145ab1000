import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readImage } from '../raster/read-image.js'
import { isScoreKind, type ScoreKind } from '../results/score-kind.js'
import type { PixelImage } from '../raster/pixel-image.js'

/** How the same few validation samples were read at each validation of a run. */
export interface SampleReadings {
  samples: {
    /** Position in the validation data. */
    index: number
    label: string
    /** Left out where the image could not be had. */
    image?: PixelImage
  }[]
  /** One entry a validation, with a reading a sample, in the samples' order. */
  rounds: { epoch: number; step: number; readings: SampleReading[] }[]
  /** What the readings' scores are. */
  scores: ScoreKind
  /** Whether samples are lines of characters. */
  isLines: boolean
}

/** What was read of one sample, and its score. */
export interface SampleReading {
  text: string
  score: number
}

interface Round {
  epoch: number
  step: number
  samples: { index: number; label: Reading; prediction: Reading; score: number | null }[]
}

type Reading = number | number[]

interface Header {
  format?: unknown
  version?: unknown
  classes?: string[] | null
  scores?: unknown
}

/** Where they lie in a run folder. */
export const sampleReadingsFolder = 'sample-predictions'

/**
 * Reads `sample-predictions/` of a run folder. A half-written last line is left out; a damaged file and missing images
 * are noted. Gives undefined where no validation has been recorded yet.
 */
export async function readSampleReadings(
  path: string,
  notes: string[],
): Promise<SampleReadings | undefined> {
  const folder = join(path, sampleReadingsFolder)
  const file = join(folder, 'index.jsonl')
  if (!existsSync(file)) return undefined
  // what follows the last line break is half-written
  const [head = '{}', ...lines] = (await readFile(file, 'utf8')).split('\n').slice(0, -1)
  try {
    const { format, version, classes, scores } = JSON.parse(head) as Header
    if (format !== 'ductus-sample-predictions') throw new Error('it is no list of readings')
    if (version !== 2 || !isScoreKind(scores)) {
      throw new Error(`expected version 2, received ${JSON.stringify(version)}`)
    }
    const rounds = lines.map((line) => JSON.parse(line) as Round)
    const [first] = rounds
    if (!first || first.samples.length === 0) return undefined
    const words = (reading: Reading) => wordsOf(reading, classes ?? undefined)
    const images = await Promise.all(
      first.samples.map(async ({ index }) =>
        // the index is part of a path: nothing but a number may be
        Number.isInteger(index) ? imageOf(join(folder, `${index}.png`)) : undefined,
      ),
    )
    const missing = images.filter((image) => image === undefined).length
    if (missing > 0) {
      notes.push(
        `${missing} of ${images.length} images in ${sampleReadingsFolder} could not be read: their samples stand without.`,
      )
    }
    return {
      scores,
      isLines: Array.isArray(first.samples[0]?.label),
      samples: first.samples.map(({ index, label }, i) => ({
        index,
        label: words(label),
        ...(images[i] ? { image: images[i] } : {}),
      })),
      rounds: rounds.map(({ epoch, step, samples }) => ({
        epoch,
        step,
        readings: samples.map(({ prediction, score }) => ({
          text: words(prediction),
          score: score ?? Number.NaN,
        })),
      })),
    }
  } catch (cause) {
    notes.push(`${sampleReadingsFolder} was left out: ${(cause as Error).message}.`)
    return undefined
  }
}

/** Writes a class, or the characters of a line without start, end, padding and blank. */
function wordsOf(reading: Reading, classes: readonly string[] | undefined): string {
  const name = (index: number) => String(classes?.[index] ?? index)
  if (typeof reading === 'number') return name(reading)
  const characters = reading.map(name).filter((character) => !/^<[BSEP]>$/.test(character))
  return characters.join(characters.every((character) => [...character].length === 1) ? '' : ' ')
}

async function imageOf(path: string): Promise<PixelImage | undefined> {
  try {
    return await readImage(path)
  } catch {
    return undefined
  }
}
