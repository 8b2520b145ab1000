import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Answers one request for a file; what it does not answer itself goes to `serve`. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void

/** Is a real HTTP server on loopback that serves given bytes, well or badly. */
export interface FileServer {
  url: string
  /** Path and range of every request, in order. */
  requests: { path: string; range: string | undefined }[]
  close(): Promise<void>
}

/** Serves a file as a good server does: whole, or from the byte that a Range header asks for. */
export const well: Behaviour = (request, response, body) => {
  const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')
  const start = from === null ? 0 : Number(from[1])
  if (start > 0) {
    response.writeHead(206, {
      'content-range': `bytes ${start}-${body.length - 1}/${body.length}`,
      'content-length': body.length - start,
    })
  } else {
    response.writeHead(200, { 'content-length': body.length })
  }
  response.end(body.subarray(start))
}

/** Answers every request by a status alone. */
export const status =
  (code: number): Behaviour =>
  (_request, response) => {
    response.writeHead(code).end()
  }

/** Starts with the first behaviour, goes on with the next at each request, and stays with the last. */
export async function serveFiles(
  files: Readonly<Record<string, Buffer>>,
  ...behaviours: readonly Behaviour[]
): Promise<FileServer> {
  const requests: FileServer['requests'] = []
  const turn = new Map<string, number>()
  const server: Server = createServer((request, response) => {
    const path = request.url ?? ''
    requests.push({ path, range: request.headers.range })
    const body = files[path.slice(path.lastIndexOf('/') + 1)]
    if (body === undefined) return void response.writeHead(404).end()
    const nth = turn.get(path) ?? 0
    turn.set(path, nth + 1)
    const behave = behaviours[Math.min(nth, behaviours.length - 1)] ?? well
    behave(request, response, body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
