import type { DataConfig } from '@ductus/data'

/** Says why cross-entropy can't learn lines whose pitch varies; undefined where the pitch is fixed or not known. */
export function pitchWarning(config: Partial<DataConfig> | undefined): string | undefined {
  const { minOverlap, maxOverlap } = config?.line ?? {}
  if (minOverlap === undefined || maxOverlap === undefined || minOverlap === maxOverlap) return
  return (
    `Cross-entropy on lines with overlaps from ${minOverlap} to ${maxOverlap}: the characters' pitch varies from line ` +
    'to line, so windows at a fixed stride drift off them, and no window can know which position it has to give. ' +
    'Use loss "ctc", which needs no fixed pitch, or set minOverlap = maxOverlap.'
  )
}
