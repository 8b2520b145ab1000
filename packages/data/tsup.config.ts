import { defineConfig } from 'tsup'
import { library } from '../../tools/tsup.base.js'

export default defineConfig(
  library({ index: 'src/index.ts', catalog: 'src/catalog.ts', worker: 'src/worker.ts' }),
)
