import type { RunData } from '@ductus/viz'

/** Writes the command that made a run as it would be typed; undefined where the run was not made by the CLI. */
export function commandOf(run: Pick<RunData, 'hparams'>): string | undefined {
  const { hparams } = run.hparams as { hparams?: { command?: unknown; argv?: unknown } }
  const { command, argv } = hparams ?? {}
  if (typeof command !== 'string' || !Array.isArray(argv)) return undefined
  return ['ductus', command, ...argv.map((word) => quoted(String(word)))].join(' ')
}

/** Puts a word into quotes where a shell would take it apart. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
