#!/usr/bin/env node
import { exitCodes } from './errors/exit-code.js'
import { run } from './run.js'

// A reader that has seen enough (`ductus fit --help | head`) ends no training: what it does not read is dropped.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

let ended = false

// Node exits with 0 where a promise is left that nothing can settle any more: that is no success.
process.once('exit', (code) => {
  if (ended || code !== 0) return
  process.exitCode = exitCodes.failed
  process.stderr.write(
    'ductus: expected the command to come to its end, received nothing more to wait for. This is a defect of Ductus: please report it.\n',
  )
})

void run(process.argv.slice(2)).then((code) => {
  ended = true
  process.exitCode = code
})
