import { obtainFiles } from '@ductus/data'

// Gets the files of the data set named by the first argument; run as a process of its own.
const [dataset = '', dataDir = ''] = process.argv.slice(2)
const { paths } = await obtainFiles(dataset, { dataDir })
process.stdout.write(JSON.stringify([...paths.values()]))
