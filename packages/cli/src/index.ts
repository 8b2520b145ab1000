/**
 * The command line as a function: `await run(['fit', '--model', 'CNN'])` does what `ductus fit --model CNN` does.
 */
export { run } from './run.js'
export type { CliIo, TextSink } from './terminal/cli-io.js'
