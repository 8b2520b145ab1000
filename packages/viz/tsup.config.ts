import { defineConfig } from 'tsup'
import { library } from '../../tools/tsup.base.js'

// without splitting import() stays import() in CJS: Vega is ESM only and can't be required on Node 20
export default defineConfig(library({ index: 'src/index.ts' }, { splitting: false }))
