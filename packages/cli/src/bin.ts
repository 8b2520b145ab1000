#!/usr/bin/env node
import { errorText } from './errors/error-text.js'
import { exitCodes } from './errors/exit-code.js'
import { run } from './run.js'
import { discreetIo } from './terminal/cli-io.js'
import { guardOutput } from './terminal/guarded-output.js'

/** Milliseconds that a library's leftovers (a socket, a timer) may keep a command that is done. */
const graceMs = 3000

const argv = process.argv.slice(2)
const output = guardOutput()
const io = discreetIo(output.io)
let ended = false

// What no command caught: errors in callbacks of streams, for one.
const fail = (error: unknown): never => {
  ended = true
  io.stderr.write(`${errorText(error, argv.includes('--debug'))}\n`)
  process.exit(exitCodes.failed)
}
process.on('uncaughtException', fail).on('unhandledRejection', fail)

// Node exits with 0 where a promise is left that nothing can settle any more: that is no success.
process.once('exit', (code) => {
  if (ended || code !== 0) return
  process.exitCode = exitCodes.failed
  io.stderr.write(
    'ductus: expected the command to come to its end, received nothing more to wait for. This is a defect of Ductus: please report it.\n',
  )
})

void run(argv, io).then(async (code) => {
  const lost = await output.lost()
  ended = true
  if (lost !== undefined) {
    io.stderr.write(`ductus: expected to write the results to stdout, received ${lost.message}.\n`)
  }
  process.exitCode = code === exitCodes.done && lost !== undefined ? exitCodes.failed : code
  setTimeout(() => process.exit(), graceMs).unref()
})
