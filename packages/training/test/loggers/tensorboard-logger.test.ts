import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { useBackend } from '@ductus/backend'
import { Classifier, TensorBoardLogger, Trainer, type LoggedRun } from '@ductus/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.js'
import { toyData } from '../support/toy-data.js'
import { toyModel } from '../support/toy-model.js'

beforeAll(async () => {
  await useBackend('cpu')
})

/** Any protobuf message: field number to its values; nested ones stay bytes. */
type Message = Map<number, (bigint | number | Buffer)[]>

/** A decoder of its own, by the wire format's description. */
function decode(bytes: Buffer): Message {
  const fields: Message = new Map()
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const key = Number(varint())
    const wire = key & 7
    let value: bigint | number | Buffer
    if (wire === 0) value = varint()
    else if (wire === 1) value = bytes.readDoubleLE((at += 8) - 8)
    else if (wire === 5) value = bytes.readFloatLE((at += 4) - 4)
    else {
      const length = Number(varint())
      value = bytes.subarray(at, (at += length))
    }
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), value])
  }
  return fields
}

/** CRC-32C by polynomial division, bit by bit. */
function crc(bytes: Uint8Array): number {
  let rest = ~0
  for (const byte of bytes) {
    rest ^= byte
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0x82f63b78 : rest >>> 1
  }
  return ~rest >>> 0
}

const mask = (value: number): number =>
  Number((((BigInt(value) >> 15n) | (BigInt(value) << 17n)) + 0xa282ead8n) & 0xffffffffn)

/** Reads the only event file of a run; checks every CRC. */
function events(runDir: string): Message[] {
  const folder = join(runDir, 'tensorboard')
  const [name, ...more] = readdirSync(folder)
  expect(more).toEqual([])
  expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\./)
  const file = readFileSync(join(folder, name!))
  const found: Message[] = []
  for (let at = 0; at < file.length;) {
    const length = Number(file.readBigUInt64LE(at))
    expect(file.readUInt32LE(at + 8)).toBe(mask(crc(file.subarray(at, at + 8))))
    const content = file.subarray(at + 12, at + 12 + length)
    expect(file.readUInt32LE(at + 12 + length)).toBe(mask(crc(content)))
    found.push(decode(content))
    at += length + 16
  }
  return found
}

const text = (value: unknown): string => (value as Buffer).toString()
const nested = (message: Message, field: number, i = 0): Message =>
  decode(message.get(field)![i] as Buffer)

/** The values of a summary: tag, and the message. */
function values(event: Message): [string, Message][] {
  const summary = nested(event, 5)
  return summary.get(1)!.map((each) => {
    const value = decode(each as Buffer)
    return [text(value.get(1)![0]), value]
  })
}

/** TensorFlow's HistogramProto, by its fields. */
interface Histogram {
  min: number
  max: number
  num: number
  sum: number
  squares: number
  limits: number[]
  counts: number[]
}

function histogramIn(event: Message): Histogram {
  const histogram = nested(values(event)[0]![1], 5)
  const double = (field: number): number => histogram.get(field)![0] as number
  const doubles = (field: number): number[] => {
    const bytes = histogram.get(field)![0] as Buffer
    return Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(8 * i))
  }
  return {
    min: double(1),
    max: double(2),
    num: double(3),
    sum: double(4),
    squares: double(5),
    limits: doubles(6),
    counts: doubles(7),
  }
}

describe('TensorBoardLogger', () => {
  it('writes events that an independent reader understands', async () => {
    const logger = new TensorBoardLogger({ now: () => 1_700_000_000_500 })
    const trainer = new Trainer({ maxEpochs: 2, rootDir: temporaryFolder(), loggers: [logger] })
    const result = await trainer.fit(new Classifier(toyModel()), toyData())
    logger.histogram('weights', [0, 1, 1, 2, 4], 12, 4)
    logger.image('digit', { width: 2, height: 3, png: Uint8Array.of(1, 2, 3) }, 12)
    const [first, session, hparams, ...rest] = events(result.runDir!)
    expect(first!.get(1)).toEqual([1_700_000_000.5])
    expect(text(first!.get(3)![0])).toBe('brain.Event:2')
    const [startTag, start] = values(session!)[0]!
    expect(startTag).toBe('_hparams_/session_start_info')
    const plugin = nested(nested(start, 9), 1)
    expect(text(plugin.get(1)![0])).toBe('hparams')
    const info = nested(nested(plugin, 2), 3)
    expect(info.get(5)).toEqual([1_700_000_000.5])
    const listed = new Map(
      info.get(1)!.map((each) => {
        const entry = decode(each as Buffer)
        const [[kind, [content]]] = [...nested(entry, 2)] as [[number, [unknown]]]
        return [text(entry.get(1)![0]), kind === 3 ? text(content) : content]
      }),
    )
    expect(listed.get('module.optimizer')).toBe('Adam')
    expect(listed.get('trainer.maxEpochs')).toBe(2)
    expect(listed.get('seed')).toBe(trainer.seed)

    const [tag, value] = values(hparams!)[0]!
    expect(tag).toBe('hparams')
    expect(text(nested(value, 8).get(8)![0])).toContain('"optimizer": "Adam"')
    expect(text(nested(nested(value, 9), 1).get(1)![0])).toBe('text')

    const [endTag, end] = values(rest.at(-3)!)[0]!
    expect(endTag).toBe('_hparams_/session_end_info')
    expect(nested(nested(nested(nested(end, 9), 1), 2), 4).get(1)).toEqual([1n])

    const epoch = rest.at(-4)!
    expect(epoch.get(2)).toEqual([12n])
    const scalars = values(epoch).map(([name, each]) => [name, each.get(2)![0]])
    expect(scalars).toEqual(
      Object.entries(result.metrics).map(([name, number]) => [name, Math.fround(number)]),
    )

    expect(histogramIn(rest.at(-2)!)).toEqual({
      ...{ min: 0, max: 4, num: 5, sum: 8, squares: 22 },
      ...{ limits: [1, 2, 3, 4], counts: [1, 2, 1, 1] },
    })

    const image = nested(values(rest.at(-1)!)[0]![1], 4)
    expect([image.get(1), image.get(2)]).toEqual([[3n], [2n]])
    expect([...(image.get(4)![0] as Buffer)]).toEqual([1, 2, 3])
  })

  it.each<[string, number[], Histogram]>([
    [
      'values that are all the same',
      Array<number>(10).fill(2.5),
      { min: 2.5, max: 2.5, num: 10, sum: 25, squares: 62.5, limits: [2.5], counts: [10] },
    ],
    [
      'NaN and infinities among others',
      [NaN, 1, 2, Infinity, 3, -Infinity, 4, 5],
      { min: 1, max: 5, num: 5, sum: 15, squares: 55, limits: [2, 3, 4, 5], counts: [1, 1, 1, 2] },
    ],
    [
      'a constant and a NaN',
      [NaN, -1, -1],
      { min: -1, max: -1, num: 2, sum: -2, squares: 2, limits: [-1], counts: [2] },
    ],
    [
      'nothing finite',
      [NaN, -Infinity],
      { min: 0, max: 0, num: 0, sum: 0, squares: 0, limits: [0], counts: [0] },
    ],
    ['nothing', [], { min: 0, max: 0, num: 0, sum: 0, squares: 0, limits: [0], counts: [0] }],
    [
      'a last bin that rounding would cut short',
      [0, 0.1, 0.7],
      {
        ...{ min: 0, max: 0.7, num: 3, sum: 0.1 + 0.7, squares: 0.1 * 0.1 + 0.7 * 0.7 },
        ...{ limits: [0.7 / 4, 0.7 / 2, 3 * (0.7 / 4), 0.7], counts: [2, 0, 0, 1] },
      },
    ],
    [
      'a range too wide for a number',
      [-1.5e308, 1.5e308],
      {
        ...{ min: -1.5e308, max: 1.5e308, num: 2, sum: 0, squares: Infinity },
        ...{ limits: [-0.75e308, 0, 0.75e308, 1.5e308], counts: [1, 0, 0, 1] },
      },
    ],
  ])('counts %s in a histogram', (_, values, expected) => {
    const runDir = temporaryFolder()
    const logger = new TensorBoardLogger()
    logger.open({ runDir, hparams: {}, resumed: false } as unknown as LoggedRun)
    logger.histogram('bias', values, 1, 4)
    expect(histogramIn(events(runDir).at(-1)!)).toEqual(expected)
  })

  it('refuses a histogram of no bins', () => {
    for (const bins of [0, 1.5, NaN]) {
      expect(() => {
        new TensorBoardLogger().histogram('bias', [1], 1, bins)
      }).toThrow(`expected bins to be a whole number of at least 1, received ${bins}.`)
    }
  })

  it('cuts what came after the checkpoint when resumed', async () => {
    const rootDir = temporaryFolder()
    const fit = async (stop: boolean): Promise<string> => {
      const trainer: Trainer = new Trainer({
        maxEpochs: 3,
        rootDir,
        loggers: [new TensorBoardLogger()],
        callbacks: [
          {
            onTrainBatchEnd: ({ step }) => {
              // After the checkpoint of the first epoch: what is logged from here on is cut.
              if (stop && step === 13) throw new Error('killed')
            },
          },
        ],
      })
      const module = new Classifier(toyModel())
      return (await trainer.fit(module, toyData(), { resume: 'last' })).runDir!
    }
    await expect(fit(true)).rejects.toThrow('killed')
    const steps = events(await fit(false)).map((event) => Number(event.get(2)?.[0] ?? 0))
    expect(steps).toEqual([0, 0, 0, 6, 6, 12, 12, 18, 18, 18])
  })
})
