/** The first TypeScript block of a README: the example that is promised to run. */
export function firstExample(markdown) {
  const match = /^```ts\n([\s\S]*?)^```/m.exec(markdown)
  if (!match)
    throw new Error(
      'README.md: expected a ```ts block with a runnable example, found none. Add one.',
    )
  return match[1]
}
