import { join, resolve } from 'node:path'
import type { DataContext } from './data-context.js'

/** Names the folders that belong to one dataset. */
export interface DataFolders {
  /** Files placed by hand, and a `metadata.toml` of one's own. */
  raw: string
  /** Files that were fetched, or placed by hand. */
  downloaded: string
  /** What was made of them. */
  processed: string
}

/** Gives a dataset's folders under the data folder: `DUCTUS_DATA_DIR`, by default `./data`. */
export function dataFolders(dataset: string, context: DataContext = {}): DataFolders {
  const root = resolve(context.dataDir ?? (process.env.DUCTUS_DATA_DIR || 'data'))
  return {
    raw: join(root, 'raw', dataset),
    downloaded: join(root, 'downloaded', dataset),
    processed: join(root, 'processed', dataset.replaceAll('-', '_')),
  }
}
