/** What went wrong, in a word: bad arguments, an unreadable run folder, image or font, a port in use. */
export type VizErrorCode = 'argument' | 'run' | 'image' | 'font' | 'chart' | 'server' | 'output'

/** Reports everything that this package can't draw, read or serve; `code` says which kind, `cause` what lay under it. */
export class VizError extends Error {
  readonly code: VizErrorCode

  constructor(code: VizErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'VizError'
    this.code = code
  }
}
