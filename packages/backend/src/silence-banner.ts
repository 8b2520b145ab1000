/**
 * Keeps the `cpu` backend from printing its advertisement ("Hi, looks like you are running TensorFlow.js in
 * Node.js…") at the first tensor. Does nothing to other backends.
 */
export function silenceBanner(backend: unknown): void {
  const javaScript = backend as { firstUse?: boolean } | null
  if (javaScript?.firstUse === true) javaScript.firstUse = false
}
