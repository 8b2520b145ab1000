#!/usr/bin/env node
// Kept in the repository, so that npm links the command in a fresh clone too, before anything is built.
import { existsSync } from 'node:fs'

const program = new URL('../dist/bin.js', import.meta.url)
if (existsSync(program)) await import(program.href)
else {
  process.stderr.write(
    `ductus: expected ${program.pathname}, which is not built. Run "npm run build".\n`,
  )
  process.exitCode = 1
}
