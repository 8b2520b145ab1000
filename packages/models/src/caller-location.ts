/** Finds the file and line that called `callee`, as `path:line`; empty where stacks are not to be had. */
export function callerLocation(callee: (...args: never[]) => unknown): string {
  const holder: { stack?: string } = {}
  Error.captureStackTrace(holder, callee)
  const frame = holder.stack?.split('\n')[1] ?? ''
  const place = /\(?((?:file:\/\/)?[^()\s]+):(\d+):\d+\)?$/.exec(frame.trim())
  return place ? `${place[1]!.replace(/^file:\/\//, '')}:${place[2]}` : ''
}
