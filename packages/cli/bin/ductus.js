#!/usr/bin/env node
// Kept in the repository, so that npm links the command in a fresh clone too, before anything is built.
import { existsSync } from 'node:fs'

const program = new URL('../dist/bin.js', import.meta.url)
try {
  if (!existsSync(program))
    throw new Error(`expected ${program.pathname}, which is not built. Run "npm run build".`)
  await import(program.href)
} catch (error) {
  // The program says its own errors: this is one of loading it, such as too few file handles.
  const advice = error.code === 'EMFILE' ? ' Raise the limit of open files (ulimit -n 1024).' : ''
  process.stderr.write(
    `ductus: ${process.argv.includes('--debug') ? error.stack : error.message}${advice}\n`,
  )
  process.exitCode = 1
}
