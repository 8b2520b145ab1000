import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../setup.mjs'
import { run } from './run-command.mjs'

/**
 * Compiles the README's example and an import of every entry, strictly and with library files checked. Diagnostics in our
 * files or in the example fail; those inside other libraries (TensorFlow.js 4.22 has some) are theirs.
 */
export function checkTypes(folder, specifiers, example) {
  writeFileSync(join(folder, 'example.mts'), example)
  const uses = specifiers.map((s, i) => `import * as m${i} from '${s}'\nvoid m${i}\n`).join('')
  writeFileSync(join(folder, 'entries.mts'), uses)
  writeFileSync(join(folder, 'entries.cts'), uses)
  const compilerOptions = {
    target: 'ES2022',
    lib: ['ES2023', 'DOM'],
    module: 'NodeNext',
    strict: true,
    skipLibCheck: false,
    outDir: 'out',
    types: ['node'],
  }
  const files = ['example.mts', 'entries.mts', 'entries.cts']
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  try {
    run(
      'node',
      [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.', '--pretty', 'false'],
      folder,
    )
  } catch (error) {
    const ours = error.message
      .split('\n')
      .filter((line) => /error TS/.test(line))
      .filter(
        (line) =>
          /^(example|entries)\./.test(line) || /^node_modules\/(@ductus|ductus)\//.test(line),
      )
    if (ours.length) throw new Error(ours.join('\n'), { cause: error })
    if (!/error TS/.test(error.message)) throw error
  }
}
