import { createRequire } from 'node:module'
import { join } from 'node:path'

/**
 * Makes a `require` of this package: for Node's own modules and for the cache of what is loaded. In a CommonJS bundle
 * of a user's own `import.meta.url` is undefined; the working folder serves as well for both.
 */
export function ownRequire(): NodeJS.Require {
  const url = import.meta.url as string | undefined
  return createRequire(url ?? join(process.cwd(), 'index.js'))
}
