/** Tells how far a long piece of work is. */
export interface DataProgress {
  /** What is being done, such as `train-images-idx3-ubyte.gz`. */
  task: string
  done: number
  /** Amount in all, where it is known. */
  total?: number
  unit: 'bytes' | 'items'
}

/** Takes what a library has to say; nothing is printed by itself. */
export interface DataReporter {
  info?(line: string): void
  warn?(line: string): void
  progress?(state: DataProgress): void
}

/** Tunes downloads; the defaults suit the public mirrors. */
export interface DownloadOptions {
  /** Tries a URL before the next is taken. Defaults to 4. */
  tries?: number
  /** Wait before the second try; it doubles each time. Defaults to 500. */
  backoffMs?: number
  /** Longest silence of a server before the try is given up. Defaults to 30,000. */
  timeoutMs?: number
}

/** Says where a data module finds and keeps its files, and whom it tells about it. */
export interface DataContext {
  /** Folder of `raw`, `downloaded` and `processed`. Defaults to `DUCTUS_DATA_DIR`, then `./data`. */
  dataDir?: string
  /** Folder or URL with a folder a dataset. Defaults to `DUCTUS_DATA_MIRROR`. */
  mirror?: string
  reporter?: DataReporter
  download?: DownloadOptions
  /** Ends downloads and other long work when it is aborted. */
  signal?: AbortSignal
}
