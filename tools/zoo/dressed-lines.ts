// How many test lines are read the same from a picture as raw: enlarged, inverted, padded, coloured.
//
// usage: npx tsx -C @ductus/source tools/zoo/dressed-lines.ts CHECKPOINT [lines]
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { useBackend } from '@ductus/backend'
import { EMNISTLines } from '@ductus/data'
import { characterErrorRate, LineRecognizer, readCheckpoint, restoreModule } from '@ductus/training'
import { readLine } from '../../packages/cli/src/checkpoints/read-line.js'
import { restoreModel } from '../../packages/cli/src/checkpoints/restore-model.js'
import { scoreInputs } from '../../packages/cli/src/checkpoints/score-inputs.js'
import { readImage } from '../../packages/cli/src/image/read-image.js'
import { dressedLine, type LineDress } from '../../packages/cli/test/image/line-pictures.js'

const [black, white] = [[0, 0, 0] as const, [255, 255, 255] as const]
const dresses: Record<string, LineDress> = {
  'as it is': { ink: white, paper: black },
  'dark on light': { ink: black, paper: white },
  'twice as large': { scale: 2, ink: white, paper: black },
  '3.7 times, dark on light': { scale: 3.7, ink: black, paper: white },
  'twice, margins of 40 to 90': { scale: 2, ink: black, paper: white, margin: [40, 90, 60, 50] },
  '3 times, blue on cream, margins': {
    scale: 3,
    ink: [20, 40, 120],
    paper: [250, 240, 200],
    margin: [30, 30, 30, 30],
  },
  '2.5 times, chalk on green': { scale: 2.5, ink: [240, 240, 225], paper: [30, 90, 60] },
}

const [path = '', count = '100'] = process.argv.slice(2)
await useBackend('auto', { threads: 1 })
const checkpoint = await readCheckpoint(path)
const trainedOn = checkpoint.manifest.hparams as { data: { options: Record<string, unknown> } }
const data = new EMNISTLines({ ...trainedOn.data.options, testBatchSize: Number(count) })
await data.setup('test')
const { mapping, preprocessing } = data.config()
const model = await restoreModel(checkpoint)
const module = restoreModule(checkpoint, model, { config: data.config() })
if (!(module instanceof LineRecognizer))
  throw new Error(`${path} is of no network that reads lines`)
const batch = data.testDataLoader().batch(0, 0)
const { height, width, channels } = preprocessing
const lines = Array.from({ length: batch.size }, (_, i) => {
  const x = batch.x.slice(i * height * width, (i + 1) * height * width)
  const label = batch.y.subarray(
    (i * batch.y.length) / batch.size,
    ((i + 1) * batch.y.length) / batch.size,
  )
  const reference = Array.from(label, (index) => mapping[index] ?? '').filter(
    (one) => !/^<.>$/.test(one),
  )
  return { x, reference: reference.join('') }
})
const scores = await scoreInputs(
  module,
  lines.map(({ x }) => x),
  [height, width, channels],
)
const raw = scores.map(({ outputs }) => module.reader.text(outputs))
const cer = (read: readonly string[]): string => {
  const pairs = read.map((text, i) => ({ reference: lines[i]?.reference ?? '', read: text }))
  return `${(100 * characterErrorRate(pairs)).toFixed(1)} %`
}
console.log(`${lines.length} test lines, character error rate raw ${cer(raw)}`)
const folder = await mkdtemp(join(tmpdir(), 'ductus-dressed-'))
for (const [name, dress] of Object.entries(dresses)) {
  const read: string[] = []
  for (const { x } of lines) {
    const file = join(folder, 'line.png')
    // What stands there alone: the blank end of a line is no part of its picture.
    const pixels = Uint8Array.from(x, (value) => Math.round(value * 255))
    await writeFile(file, await dressedLine(trimmed(pixels), dress))
    const image = await readImage(file, 'line')
    read.push((await readLine(image, { module, preprocessing, polarity: 'auto' })).text)
  }
  const same = read.filter((text, i) => text === raw[i]).length / read.length
  const characters = read.map((text, i) => ({ reference: raw[i] ?? '', read: text }))
  const alike = 100 * (1 - characterErrorRate(characters))
  console.log(
    `${name}: ${(100 * same).toFixed(0)} % of lines the same text, ${alike.toFixed(1)} % of characters; error rate ${cer(read)}`,
  )
}
await rm(folder, { recursive: true })
await data.teardown()

function trimmed(pixels: Uint8Array) {
  let end = width
  while (end > height && columnIsBlank(pixels, end - 1)) end--
  const right = Math.min(width, end + 4)
  const cut = new Uint8Array(height * right)
  for (let y = 0; y < height; y++) cut.set(pixels.subarray(y * width, y * width + right), y * right)
  return { pixels: cut, width: right }
}

function columnIsBlank(pixels: Uint8Array, column: number): boolean {
  for (let y = 0; y < height; y++) if (pixels[y * width + column] !== 0) return false
  return true
}
