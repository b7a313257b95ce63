import type { Turn } from '../machine.js'
import type { Step } from '../scenario/scenario.js'
import type { StepResult } from '../step-result.js'
import { bindCdev } from './bind-cdev.js'
import { closeDevice, closeGroup, closeNamed } from './close-files.js'
import { deviceReset, setVfToken } from './device-calls.js'
import { hotReset } from './hot-reset.js'
import { openDevice } from './open-device.js'
import { openContainer, openGroup, openIommufd } from './open-files.js'
import { resetInfo } from './reset-info.js'
import { setIommu } from './set-iommu.js'

/** Puts one step to the machine. Everything that it rests on and was not read goes through the turn's facts. */
export function takeStep(turn: Turn, step: Step): StepResult {
  switch (step.do) {
    case 'open-container':
      return openContainer(turn, step)
    case 'open-iommufd':
      return openIommufd(turn, step)
    case 'open-group':
      return openGroup(turn, step)
    case 'set-iommu':
      return setIommu(turn, step)
    case 'open-device':
      return openDevice(turn, step)
    case 'bind-cdev':
      return bindCdev(turn, step)
    case 'reset-info':
      return resetInfo(turn, step)
    case 'hot-reset':
      return hotReset(turn, step)
    case 'device-reset':
      return deviceReset(turn, step)
    case 'close-device':
      return closeDevice(turn, step)
    case 'close-group':
      return closeGroup(turn, step)
    case 'close-container':
    case 'close-iommufd':
      return closeNamed(turn, step)
    case 'set-vf-token':
      return setVfToken(turn, step)
  }
}
