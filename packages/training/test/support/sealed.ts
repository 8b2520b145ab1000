import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

/** Changes a sealed file and seals it again, as someone would who means harm. */
export function editSealed(path: string, edit: (content: Record<string, unknown>) => void): void {
  const content = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  delete content.sha256
  edit(content)
  writeFileSync(path, sealed(content))
}

/** Sets what is at a path such as `models.model.weights[0].dtype`; undefined takes it away. */
export function setField(content: unknown, path: string, value: unknown): void {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '')
  const last = keys.pop()!
  const parent = keys.reduce((at, key) => (at as Record<string, unknown>)[key], content)
  ;(parent as Record<string, unknown>)[last] = value
}

/** Writes content as docs/run-format.md says, apart from the code that does. */
export function sealed(content: object): string {
  const body = JSON.stringify(content, null, 2).slice(0, -2)
  return `${body},\n  "sha256": "${createHash('sha256').update(body).digest('hex')}"\n}\n`
}
