const ms = (value) => (value === undefined ? '–' : value < 10 ? value.toFixed(2) : value.toFixed(1))

/** The results as a Markdown table: our time, the best PyTorch's, the ratio beside its goal, and peak memory. */
export function table(results) {
  const head = [
    '| work | threads | instruction set | Ductus native, ms | PyTorch best, ms | ratio | goal | spread | memory, MiB (share) | wasm, ms | plain JavaScript, ms |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ]
  const lines = results.map(({ row, goal, threads, isa, figures }) => {
    const ours = figures.find(({ group }) => group === 'ductus') ?? {}
    const torch =
      figures.filter(({ group, ms }) => group === 'pytorch' && ms).sort((a, b) => a.ms - b.ms)[0] ??
      {}
    const of = (name) => ms(figures.find(({ group }) => group === name)?.ms)
    const ratio = ours.ms / torch.ms
    const memory = ours.peakMiB
      ? `${ours.peakMiB.toFixed(0)} (${(ours.peakMiB / torch.peakMiB).toFixed(2)})`
      : '–'
    const mark = Number.isNaN(ratio) ? '–' : `${ratio.toFixed(2)}${ratio > goal ? ' ✗' : ''}`
    return `| ${[row, threads, isa, ms(ours.ms), ms(torch.ms), mark, goal ?? '–', `${((ours.spread ?? 0) * 100).toFixed(0)} %`, memory, of('wasm'), of('cpu')].join(' | ')} |`
  })
  return [...head, ...lines].join('\n')
}
