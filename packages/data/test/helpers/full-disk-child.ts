import { EMNIST } from '@ductus/data'

// Prepares EMNIST with its data folder on a disk that is too small for the cache.
const [dataDir = '', emnistFiles = ''] = process.argv.slice(2)
try {
  await new EMNIST({ split: 'digits', emnistFiles }, { dataDir }).prepareData()
  process.stdout.write('prepared')
} catch (error) {
  process.stdout.write((error as Error).message)
}
