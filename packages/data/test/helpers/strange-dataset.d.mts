import type { Dataset } from '@ductus/data'

export function strangeDataset(options: { what: string }): Dataset
