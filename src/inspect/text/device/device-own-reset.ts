import { isStated } from '../../../document/stated.js'
import type { DeviceReport } from '../../document.js'
import { isStrong, ownResets } from '../reset-text.js'
import { askable } from './device-view.js'

/**
 * Whether a refused hot reset matters. QEMU asks for the function's own reset first if that is FLR or stronger, then for
 * the hot reset, then for PM (`vfio_pci_reset` in its hw/vfio/pci.c).
 */
export function ownResetSentence(device: DeviceReport): string {
  const own = ownResets(device)
  const names = own.methods.join(', ')
  if (!own.known) return unknownSentence(device)
  if (own.strong) return strongSentence(names, device)
  const start = opening(device)
  if (own.methods.includes('bus')) {
    return `${start('does little harm')} function is alone on its bus, so the kernel resets that bus by itself whenever the function is opened (${names}).`
  }
  if (own.methods.length > 0) {
    return `${start('matters')} function has only a weak reset of its own (${names}), which may leave old state behind.`
  }
  const otherwise = isRefusable(device)
    ? 'a VM starts with whatever state the last user left'
    : 'only the hot reset clears its state'
  return `${start('matters')} function has no reset of its own${whyNone(device)}, so ${otherwise}.`
}

/** Where the kernel's list was not read, registers and tables still tell what it would hold at boot. */
function unknownSentence(device: DeviceReport): string {
  const { functionResets } = device
  if (!isStated(functionResets) || !functionResets.some(isStrong)) {
    return 'Whether the function also has a reset of its own (such as FLR), which a VM start would prefer, is not known: reset_method was not read.'
  }
  const names = functionResets.filter(isStrong).join(', ')
  const found = `by its registers the function also has a reset of its own (${names})`
  const rest = 'unless that was switched off in reset_method, which was not read'
  return isRefusable(device)
    ? `${subject(device)} most likely does no harm: ${found}, and a VM start uses that one, ${rest}.`
    : `${found.charAt(0).toUpperCase()}${found.slice(1)}, which a VM start uses first, ${rest}.`
}

function strongSentence(names: string, device: DeviceReport): string {
  return isRefusable(device)
    ? `${subject(device)} does no harm: the function also has a reset of its own (${names}), and a VM start uses that one.`
    : `The function also has a reset of its own (${names}), which a VM start uses first.`
}

/** What the judgement is about; where nothing is refused, nothing is judged. */
function opening(device: DeviceReport): (judgement: string) => string {
  return (judgement) => (isRefusable(device) ? `${subject(device)} ${judgement}: the` : 'The')
}

function subject({ hotReset }: DeviceReport): string {
  return hotReset.scope === null ? 'That' : 'A refusal'
}

function isRefusable(device: DeviceReport): boolean {
  return (
    device.hotReset.scope === null || askable(device).some(({ outcome }) => outcome !== 'permitted')
  )
}

function whyNone({ resetMethods }: DeviceReport): string {
  if (!isStated(resetMethods) || resetMethods === null) return ''
  return resetMethods.length === 0
    ? ' (reset_method is empty: somebody switched its resets off)'
    : ' (reset_method names bus, which cannot work while others are on that bus)'
}
