// Look at EMNIST lines: sentences, lines without overlap, then lines of 34 with characters that touch.
//   DUCTUS_DATA_MIRROR=… npx tsx -C @ductus/source examples/walkthroughs/emnist-lines.ts
import { EMNISTLines, sampleSentences } from '@ductus/data'
import { lineStrips } from '@ductus/viz'
import { firstBatch } from './network.js'
import { Page, walkthroughArgs } from './page.js'

const { out } = walkthroughArgs('emnist-lines')
const page = new Page('Look at EMNIST lines')
// EMNIST_FILES names a folder of another split's files, such as a part of the balanced one
const files = process.env.EMNIST_FILES
const source = files === undefined ? {} : ({ split: 'balanced', emnistFiles: files } as const)

page.heading('Sentences')
page.text('Spans of the Brown corpus between two words, of 16 characters at most.')
page.print((await sampleSentences({ maxLength: 16, count: 4, seed: 42 })).join('\n'))

for (const options of [
  { maxLength: 16, minOverlap: 0, maxOverlap: 0 },
  { maxLength: 34, minOverlap: 0, maxOverlap: 0.33 },
]) {
  const data = new EMNISTLines({
    ...options,
    ...source,
    numTrain: 64,
    numVal: 32,
    numTest: 32,
    testBatchSize: 9,
  })
  await data.prepareData()
  await data.setup('fit')
  await data.setup('test')
  const { inputDims, mapping } = data.config()
  const [height, width] = inputDims
  const size = height * width
  const batch = await firstBatch(data.testDataLoader())
  const labels = (i: number) => {
    const each = batch.y.length / batch.size
    return Array.from(batch.y.subarray(i * each, (i + 1) * each), (y) => mapping[y] ?? '?')
  }
  page.heading(
    `At most ${options.maxLength} characters, ${options.maxOverlap === 0 ? 'no overlap' : `overlap ${options.minOverlap} to ${options.maxOverlap}`}`,
  )
  page.print(data.describe())
  page.text(`The first line's target as numbers, and as characters, ⟨P⟩ being padding:`)
  page.print(
    `${Array.from(batch.y.subarray(0, batch.y.length / batch.size)).join(' ')}\n${labels(0).join('')}`,
  )
  const places = batch.y.length / batch.size
  page.picture(
    lineStrips(
      Array.from({ length: Math.min(9, batch.size) }, (_, i) => ({
        image: { data: batch.x.slice(i * size, (i + 1) * size), height, width },
        // without overlap each character has 28 pixels of its own; with it only the line as a whole is known
        ...(options.maxOverlap === 0
          ? {
              label: labels(i),
              labelAt: Array.from({ length: places }, (_u, k) => k * 28 + 14),
            }
          : {}),
        title: labels(i)
          .filter((c) => !/^<.>$/.test(c))
          .join(''),
      })),
      { title: 'Nine lines' },
    ),
  )
  await data.teardown()
}
await page.write(out)
