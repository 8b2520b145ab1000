import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { VizError } from '../viz-error.js'
import { recordedFiles } from '../run/read-recorded.js'
import { renderWatch, type WatchContent } from './render-watch.js'
import { watchPage } from './watch-page.js'

export interface WatchOptions {
  /** Defaults to 6006; 0 takes a free one. */
  port?: number
  /** Milliseconds between looks at the folder. Defaults to 1,000. */
  intervalMs?: number
}

/** A running watcher. */
export interface Watcher {
  /** Where the page is, such as http://127.0.0.1:6006/. */
  readonly url: string
  close(): Promise<void>
}

/**
 * Serves a page on 127.0.0.1 that follows a run folder live by server-sent events. It only reads; it refuses requests
 * under another host name (a page elsewhere could otherwise read it through DNS rebinding); it goes on after the run's
 * end, and takes up a run that starts anew or whose folder comes later.
 *
 * @throws VizError `server` where the port is taken
 */
export async function watchRun(folder: string, options: WatchOptions = {}): Promise<Watcher> {
  const { port = 6006, intervalMs = 1000 } = options
  const path = resolve(folder)
  const name = `${basename(dirname(path))}/${basename(path)}`
  const listeners = new Set<ServerResponse>()
  let content: WatchContent | undefined
  let seen = ''

  async function look(): Promise<void> {
    const now = await stampOf(path)
    if (now === seen && content) return
    const next = await renderWatch(path, name)
    seen = now
    content = next
    for (const listener of listeners) send(listener, next)
  }

  let looking = false
  let notBefore = 0
  async function lookOnce(): Promise<void> {
    const start = performance.now()
    if (looking || start < notBefore) return
    looking = true
    try {
      await look()
    } finally {
      looking = false
      // drawing takes a third of one core at most: the rest is the run's
      notBefore = performance.now() + Math.min(5000, 2 * (performance.now() - start))
    }
  }

  const server = createServer((request, response) => {
    const url = routeOf(request, response, server)
    if (url === '/') {
      response.writeHead(200, { ...plainHeaders, 'content-type': 'text/html; charset=utf-8' })
      response.end(request.method === 'HEAD' ? undefined : watchPage(name))
    } else if (url === '/events') {
      response.writeHead(200, { ...plainHeaders, 'content-type': 'text/event-stream' })
      response.write('retry: 1000\n\n')
      listeners.add(response)
      response.on('close', () => listeners.delete(response))
      if (content) send(response, content)
    }
  })
  await lookOnce()
  await listen(server, port)
  const timer = setInterval(() => {
    void lookOnce()
    // a comment line tells a dead connection from a quiet one
    for (const listener of listeners) listener.write(': here\n\n')
  }, intervalMs)
  return {
    url: `http://127.0.0.1:${portOf(server)}/`,
    close: () => {
      clearInterval(timer)
      for (const listener of listeners) listener.end()
      server.closeAllConnections()
      return new Promise((done) => server.close(() => done()))
    },
  }
}

const plainHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}

/** Answers what is not to be served, and gives the path of what is. */
function routeOf(
  request: IncomingMessage,
  response: ServerResponse,
  server: Server,
): string | undefined {
  const refuse = (status: number, words: string) => {
    response.writeHead(status, { ...plainHeaders, 'content-type': 'text/plain; charset=utf-8' })
    response.end(words)
    return undefined
  }
  const port = portOf(server)
  const allowed = [`127.0.0.1:${port}`, `localhost:${port}`]
  if (!allowed.includes(request.headers.host ?? '')) {
    return refuse(
      403,
      `Watch: expected the host ${allowed[0]}, received another. Open http://${allowed[0]}/.\n`,
    )
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD')
    return refuse(405, 'Watch: only reads.\n')
  }
  const path = (request.url ?? '/').split('?')[0] ?? '/'
  if (path === '/' || (path === '/events' && request.method === 'GET')) return path
  return refuse(404, 'Watch: there is only / and /events.\n')
}

function send(response: ServerResponse, content: WatchContent): void {
  response.write(`event: run\ndata: ${JSON.stringify(content)}\n\n`)
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      fail(
        new VizError(
          'server',
          cause.code === 'EADDRINUSE'
            ? `Watch: expected a free port, received ${port}, which is taken. Choose another, or 0 for any.`
            : `Watch: could not listen on 127.0.0.1:${port}: ${cause.message}.`,
          cause,
        ),
      )
    })
    server.listen(port, '127.0.0.1', () => done())
  })
}

/** Changes whenever a file that the page shows does. */
async function stampOf(path: string): Promise<string> {
  const stamps = await Promise.all(
    ['metrics.csv', 'time.csv', 'hparams.json', ...recordedFiles].map(async (file) => {
      try {
        const { size, mtimeMs, ino } = await stat(join(path, file))
        return `${size}:${mtimeMs}:${ino}`
      } catch {
        return '-'
      }
    }),
  )
  return stamps.join(' ')
}
