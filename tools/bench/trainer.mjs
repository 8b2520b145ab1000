import { scriptReport } from './script-report.mjs'

/** What `--rows` finds the Trainer's bench by. */
export const trainerName = 'trainer over a hand-written loop'

/** Runs the bench of what the Trainer adds to a loop written by hand (trainer-overhead.ts). */
export const trainerReport = (rounds) => scriptReport('tools/bench/trainer-overhead.ts', rounds)

/** The figures as a Markdown table. */
export function trainerText(results) {
  const share = (value) => `${(100 * value).toFixed(1)} %`
  return [
    '| Trainer over a hand-written loop | by hand, ms a step | Trainer, ms a step | overhead | in processor time | goal |',
    '| --- | --- | --- | --- | --- | --- |',
    ...results.map(({ name, handMs, trainerMs, overhead, processorOverhead, goal }) => {
      const mark = overhead > goal ? ' ✗' : ''
      const cells = [name, handMs.toFixed(3), trainerMs.toFixed(3), `${share(overhead)}${mark}`]
      return `| ${[...cells, share(processorOverhead), share(goal)].join(' | ')} |`
    }),
  ].join('\n')
}
