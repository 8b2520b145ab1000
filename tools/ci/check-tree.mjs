// Nothing over 1 MB is kept in git, and every package has what a reader expects.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../setup.mjs'

const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter(Boolean)
const faults = files
  .filter((file) => existsSync(join(root, file)) && statSync(join(root, file)).size > 1_000_000)
  .map((file) => `${file}: over 1 MB`)
for (const folder of readdirSync(join(root, 'packages')))
  for (const file of ['README.md', 'LICENSE', 'package.json', 'src/index.ts', 'test'])
    if (!existsSync(join(root, 'packages', folder, file)))
      faults.push(`packages/${folder}: no ${file}`)
for (const fault of faults) console.log(fault)
process.exit(faults.length ? 1 : 0)
