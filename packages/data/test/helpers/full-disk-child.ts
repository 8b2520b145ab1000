import { EMNIST, EMNISTLines } from '@ductus/data'

// Prepares EMNIST, or lines of it when there is a text, with its data folder on a disk that is too small for the cache.
const [dataDir = '', emnistFiles = '', textFile = ''] = process.argv.slice(2)
const options = { split: 'digits', emnistFiles } as const
try {
  const data =
    textFile === ''
      ? new EMNIST(options, { dataDir })
      : new EMNISTLines({ ...options, textFile, numTrain: 100 }, { dataDir })
  await data.prepareData()
  process.stdout.write('prepared')
} catch (error) {
  process.stdout.write((error as Error).message)
}
