import { activeBackend } from '@ductus/backend'
import { getBackend, version_core } from '@tensorflow/tfjs-core'
import { version } from '../version.js'
import type { SoftwareInfo } from './checkpoint-manifest.js'

/** Says what runs here: versions, backend and machine. */
export function softwareInfo(): SoftwareInfo {
  const active = activeBackend()
  return {
    ductus: version,
    tensorflow: version_core,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    backend: active?.name ?? getBackend(),
    instructionSet: active?.isa ?? null,
  }
}

/** Names what differs, for a warning: exact resuming is promised where nothing does. */
export function softwareDifferences(then: SoftwareInfo, now: SoftwareInfo): string[] {
  const keys = ['ductus', 'tensorflow', 'platform', 'backend', 'instructionSet'] as const
  return keys.flatMap((key) =>
    then[key] === now[key] ? [] : [`${key} was ${then[key]} and is ${now[key]}`],
  )
}
