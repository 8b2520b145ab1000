import type { DataConfig } from '@ductus/data'
import type { LineLoss } from '@ductus/training'

/** Losses of networks that read lines. */
export const lineLosses: readonly LineLoss[] = ['cross_entropy', 'ctc']

/** Says whether data are lines of text rather than single images. */
export function isLines(config: Pick<DataConfig, 'preprocessing'> | undefined): boolean {
  return config?.preprocessing.kind === 'line'
}
