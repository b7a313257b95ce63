import { serveTool } from './agent/serve-tool.js'
import { decodeSteps, type PredictedStep } from './answers.js'

/** The built tool, run on this machine. */
export interface Tool {
  /** What `simulate` predicts for a scenario file on a recorded tree. Throws when it gives no steps. */
  simulate(file: string, tree: string): Promise<readonly PredictedStep[]>
  stop(): void
}

const LIMIT_MS = 120_000

/** `server`: bundled `tool-server.ts`. */
export function openTool(server: string, repository: string): Tool {
  const served = serveTool(server, repository)
  return {
    async simulate(file, tree) {
      const run = await served.run(['simulate', file, '--root', tree, '--json'], LIMIT_MS)
      if (run === null) throw new Error(`simulate gave no answer for ${file}`)
      if (run.exitCode === 2 || run.exitCode === 70) {
        throw new Error(`simulate ended with ${run.exitCode}: ${run.stderr}`)
      }
      return decodeSteps<PredictedStep>(run.stdout)
    },
    stop: served.stop,
  }
}
