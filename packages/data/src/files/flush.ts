import type { FileHandle } from 'node:fs/promises'

/** Flushes a file to the disk. Under Yarn's Plug'n'Play, whose file handles cannot, the system flushes it when it likes. */
export async function flush(file: FileHandle): Promise<void> {
  try {
    await file.sync()
  } catch (error) {
    if (!(error instanceof Error && /not implemented/i.test(error.message))) throw error
  }
}
