// `npm test`: sets up what is missing, then runs every package's tests from source. Arguments go to vitest.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { install, root } from './setup.mjs'

install()
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const report = join(root, 'node_modules', '.cache', 'ductus', 'test-report.json')
const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
const { status } = spawnSync(process.execPath, [vitest, ...args, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})
process.exit(status ?? 1)
