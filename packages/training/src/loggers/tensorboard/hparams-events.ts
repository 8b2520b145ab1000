import type { EventTime } from './events.js'
import { summaryEvent } from './events.js'
import { bytesField, doubleField, floatField, integerField, message } from './protobuf.js'

/** Hyperparameters of a run, as TensorBoard's HPARAMS tab lists them. */
export function hparamsStartEvent(
  time: EventTime,
  hparams: readonly (readonly [string, string | number | boolean])[],
): Uint8Array {
  const entries = hparams.map(([key, value]) =>
    bytesField(1, message(bytesField(1, key), bytesField(2, structValue(value)))),
  )
  const info = message(...entries, doubleField(5, time.wallTime))
  return hparamsEvent(time, '_hparams_/session_start_info', bytesField(3, info))
}

/** How the run ended. */
export function hparamsEndEvent(time: EventTime, succeeded: boolean): Uint8Array {
  const info = message(integerField(1, succeeded ? 1 : 2), doubleField(2, time.wallTime))
  return hparamsEvent(time, '_hparams_/session_end_info', bytesField(4, info))
}

/** What the plugin reads lies in the metadata; a tensor of one zero stands for the value. */
function hparamsEvent(time: EventTime, tag: string, data: Uint8Array): Uint8Array {
  const plugin = message(bytesField(1, 'hparams'), bytesField(2, data))
  const one = message(bytesField(2, message(integerField(1, 1))))
  const zero = message(integerField(1, 1), bytesField(2, one), floatField(5, 0))
  const value = message(
    bytesField(1, tag),
    bytesField(8, zero),
    bytesField(9, message(bytesField(1, plugin))),
  )
  return summaryEvent(time, [value])
}

/** A `google.protobuf.Value`. */
function structValue(value: string | number | boolean): Uint8Array {
  if (typeof value === 'number') return doubleField(2, value)
  return typeof value === 'string' ? bytesField(3, value) : integerField(4, value ? 1 : 0)
}
