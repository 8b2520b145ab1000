import { existsSync } from 'node:fs'

/** Where a Chromium is; undefined (and said) where there is none. */
export const browserPath = [
  process.env.DUCTUS_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path))

if (browserPath === undefined) {
  console.warn(
    'skipped: pages in a browser: no chromium found (install it, or set DUCTUS_CHROMIUM)',
  )
}
