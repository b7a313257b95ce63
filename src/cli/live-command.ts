import { type PatientCalls, withDeadline } from '../uapi/with-deadline.js'
import { BaseCommand } from './base-command.js'
import { type Surroundings, thisMachine } from './surroundings.js'
import { writeOut } from './write-out.js'

/** A command that can touch hardware. */
export abstract class LiveCommand extends BaseCommand {
  protected surroundings: Surroundings = thisMachine(this.config.root)

  /** Lets the command run somewhere else than on this machine. */
  within(surroundings: Surroundings): this {
    this.surroundings = surroundings
    return this
  }

  protected async kernelCalls(): Promise<PatientCalls> {
    const { loadKernelCalls, callDeadlineMs } = this.surroundings
    return withDeadline(await loadKernelCalls(), callDeadlineMs)
  }

  /** Tells the user something; stdout waits for the answer. */
  protected say(text: string): Promise<void> {
    return writeOut(process.stderr, text)
  }
}
