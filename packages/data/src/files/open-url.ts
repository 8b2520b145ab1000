import { createReadStream } from 'node:fs'
import { get as getHttp, type IncomingMessage } from 'node:http'
import { get as getHttps } from 'node:https'
import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** Holds the answer of a server, or of a disk, to a request for a file. */
export interface UrlBody {
  /** HTTP status; 200 or 206 for files on disk. */
  status: number
  /** First byte that comes: what was asked for, or 0 when the server sends the whole file. */
  start: number
  /** Size of the whole file, where the answer tells it. */
  sizeBytes?: number
  contentType: string
  /** Seconds that the server asks us to wait. */
  retryAfterSeconds?: number
  body: Readable
}

const mostRedirects = 5

/**
 * Opens an http, https or file URL from a byte on. Bodies come as they are sent (never decoded, so that a `.gz` file stays one);
 * redirects are followed. A server that is silent for `timeoutMs` ends in an error.
 */
export async function openUrl(
  url: string,
  options: { start: number; timeoutMs: number; signal?: AbortSignal },
): Promise<UrlBody> {
  if (url.startsWith('file:')) return openFile(fileURLToPath(url), options.start)
  let at = url
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    const response = await request(at, options)
    const status = response.statusCode ?? 0
    const location = response.headers.location
    if (status < 300 || status >= 400 || location === undefined) return bodyOf(response, status)
    response.destroy()
    at = new URL(location, at).href
  }
  throw new Error(`more than ${mostRedirects} redirects`)
}

function request(
  url: string,
  options: { start: number; timeoutMs: number; signal?: AbortSignal },
): Promise<IncomingMessage> {
  const get = url.startsWith('https:') ? getHttps : getHttp
  const headers: Record<string, string> = {
    'user-agent': 'ductus-data',
    'accept-encoding': 'identity',
  }
  if (options.start > 0) headers.range = `bytes=${options.start}-`
  const { signal, timeoutMs } = options
  return new Promise((resolve, reject) => {
    const call = get(url, { headers, agent: false, ...(signal === undefined ? {} : { signal }) })
    call.setTimeout(timeoutMs, () => {
      call.destroy(new Error(`no answer for ${timeoutMs / 1000} s`))
    })
    call.on('response', resolve)
    call.on('error', reject)
  })
}

function bodyOf(response: IncomingMessage, status: number): UrlBody {
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers['content-range'] ?? '')
  const length = response.headers['content-length']
  const start = status === 206 && range !== null ? Number(range[1]) : 0
  const total = range !== null ? Number(range[2]) : length === undefined ? NaN : Number(length)
  const wait = Number(response.headers['retry-after'])
  return {
    status,
    start,
    ...(Number.isFinite(total) ? { sizeBytes: total } : {}),
    contentType: response.headers['content-type'] ?? '',
    ...(Number.isFinite(wait) ? { retryAfterSeconds: wait } : {}),
    body: response,
  }
}

async function openFile(path: string, start: number): Promise<UrlBody> {
  const { size } = await stat(path)
  const from = start < size ? start : 0
  return {
    status: from > 0 ? 206 : 200,
    start: from,
    sizeBytes: size,
    contentType: '',
    body: createReadStream(path, { start: from, highWaterMark: 1 << 20 }),
  }
}
