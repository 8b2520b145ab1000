import { defineConfig } from 'tsup'
import { library } from '../../tools/tsup.base.js'

// Without splitting import() stays import() in the CommonJS build: a user's file is an ES module, whoever loads it.
export default defineConfig(
  library({ index: 'src/index.ts', bin: 'src/bin.ts' }, { splitting: false }),
)
