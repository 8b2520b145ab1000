import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** A system under measurement: a child process that takes a JSON line and answers with one. */
export class Worker {
  #child
  #lines
  #stderr = ''

  constructor(command, args, env = {}) {
    this.#child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.#child.stderr.on('data', (data) => (this.#stderr = (this.#stderr + data).slice(-4000)))
    this.#child.on('error', (error) => (this.#stderr += error.message))
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  async ask(message) {
    this.#child.stdin.write(JSON.stringify(message) + '\n')
    for (;;) {
      const { value, done } = await this.#lines.next()
      if (done) throw new Error(`worker ended: ${this.#stderr.trim()}`)
      if (!value.startsWith('{')) continue
      const answer = JSON.parse(value)
      if (answer.error) throw new Error(answer.error)
      return answer
    }
  }

  /** The most memory that the process has held, in MiB (Linux; NaN elsewhere). */
  peakMemoryMiB() {
    try {
      const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')
      return Number(/VmHWM:\s+(\d+)/.exec(status)[1]) / 1024
    } catch {
      return NaN
    }
  }

  end() {
    this.#child.stdin.end()
    this.#child.kill()
  }
}
