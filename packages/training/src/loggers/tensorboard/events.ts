import {
  bytesField,
  doubleField,
  doublesField,
  floatField,
  integerField,
  message,
} from './protobuf.js'

/** When an event was: seconds since 1970, and the step it belongs to. */
export interface EventTime {
  wallTime: number
  step: number
}

/** The first event of every file. */
export function versionEvent(wallTime: number): Uint8Array {
  return message(doubleField(1, wallTime), bytesField(3, 'brain.Event:2'))
}

/** Numbers by tag. */
export function scalarsEvent(
  time: EventTime,
  values: Readonly<Record<string, number>>,
): Uint8Array {
  return summaryEvent(
    time,
    Object.entries(values).map(([tag, value]) => message(bytesField(1, tag), floatField(2, value))),
  )
}

/** A text, shown as Markdown. */
export function textEvent(time: EventTime, tag: string, text: string): Uint8Array {
  const tensor = message(integerField(1, 7), bytesField(2, scalarShape), bytesField(8, text))
  const value = message(bytesField(1, tag), bytesField(8, tensor), bytesField(9, plugin('text')))
  return summaryEvent(time, [value])
}

/** A PNG. */
export function imageEvent(
  time: EventTime,
  tag: string,
  image: { width: number; height: number; png: Uint8Array },
): Uint8Array {
  const encoded = message(
    integerField(1, image.height),
    integerField(2, image.width),
    // Four channels: the reader takes what the PNG says.
    integerField(3, 4),
    bytesField(4, image.png),
  )
  return summaryEvent(time, [message(bytesField(1, tag), bytesField(4, encoded))])
}

/** Counts in bins; `edges` has one more than `counts`. */
export function histogramEvent(
  time: EventTime,
  tag: string,
  histogram: {
    edges: ArrayLike<number>
    counts: ArrayLike<number>
    sum: number
    sumOfSquares: number
  },
): Uint8Array {
  const { edges, counts, sum, sumOfSquares } = histogram
  const total = Array.from(counts).reduce((all, count) => all + count, 0)
  const proto = message(
    doubleField(1, edges[0]!),
    doubleField(2, edges[edges.length - 1]!),
    doubleField(3, total),
    doubleField(4, sum),
    doubleField(5, sumOfSquares),
    doublesField(6, Array.from(edges).slice(1)),
    doublesField(7, counts),
  )
  return summaryEvent(time, [message(bytesField(1, tag), bytesField(5, proto))])
}

const scalarShape = message()

function plugin(name: string): Uint8Array {
  return message(bytesField(1, message(bytesField(1, name))))
}

/** Values of a summary, each a message. */
export function summaryEvent(
  { wallTime, step }: EventTime,
  values: readonly Uint8Array[],
): Uint8Array {
  const summary = message(...values.map((value) => bytesField(1, value)))
  return message(doubleField(1, wallTime), integerField(2, step), bytesField(5, summary))
}
