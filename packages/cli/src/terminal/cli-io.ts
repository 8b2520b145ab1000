/** A stream that text goes to; a terminal says so and how wide it is. */
export interface TextSink {
  write(text: string): unknown
  isTTY?: boolean
  columns?: number
}

/** Where the command line's words go, and the world it reads. */
export interface CliIo {
  stdout: TextSink
  stderr: TextSink
  env: Readonly<Record<string, string | undefined>>
}

/** Makes the io of this process. */
export function processIo(): CliIo {
  return { stdout: process.stdout, stderr: process.stderr, env: process.env }
}
