import { POWER_CYCLE } from './cures.js'
import type { DiagnosesWords } from './words.js'

const OWN_RESET =
  'If it comes back with every start, the device does not survive a bus reset. reset_method does not keep VFIO from it: QEMU prefers the hot reset to a PM reset for a function without FLR. A VMM that only uses the function’s own reset (Cloud Hypervisor), or a quirk in the kernel for this device, does.'

/** What keeps a function out of D3cold is a matter of the driver that has it. */
const KEEP_AWAKE =
  'keep the function out of D3cold: write 0 to `/sys/bus/pci/devices/ADDRESS/d3cold_allowed` of it and of the port above. For good: vfio-pci.disable_idle_d3=1 while it is bound to vfio-pci, NVreg_DynamicPowerManagement=0x00 of the nvidia module while it is bound to nvidia.'

/** Words for functions and links that do not answer, or not for a while. */
export const LOST_WORDS = {
  'dead-device': {
    title: 'the function answers with all ones',
    meaning:
      'What was read of it, such as revision ff, a header of type 7f (127), or an interrupt pin that no function has, is what all ones look like: the configuration space does not answer. Mostly a reset before that went wrong, or the function sleeps in D3cold, or is gone from the bus.',
    hint: `Look in the kernel log for the reset before it. If the function is in D3cold, wake it (echo on > power/control). Else: ${POWER_CYCLE}`,
  },
  'stuck-power': {
    title: 'the function does not wake up',
    meaning:
      'QEMU asked for full power (D0) before the reset, and the function stayed where it was. It is dead, or its link is down.',
    hint: `Look for “not ready” and “Unable to change power state” in the kernel log. ${POWER_CYCLE}`,
  },
  'not-ready': {
    title: 'the function is slow to come back',
    answer: 'Harmless if the device comes back: no “giving up” follows.',
    meaning:
      'After a reset or out of sleep the function answers with “not ready yet”. The kernel waits up to a minute. Once or twice is normal.',
    hint: null,
  },
  'gave-up': {
    title: 'the function did not come back',
    meaning:
      'Out of sleep (resume), or after its port contained an error (DPC), the function did not answer within a minute. That is power or link, not ownership: the caller gets ENOTTY or finds all ones.',
    hint: `${POWER_CYCLE} If it recurs after “resume”, ${KEEP_AWAKE}`,
  },
  'gave-up-reset': {
    title: 'the function did not come back from a bus reset',
    meaning:
      'VFIO or the kernel reset the bus of the function, and the function did not answer within a minute. Either it does not survive a bus reset, or the link below its port did not come up again. It is not a matter of ownership, and what the log says of power afterwards follows from it.',
    hint: `${POWER_CYCLE} ${OWN_RESET}`,
  },
  'reset-lost-link': {
    title: 'the bus reset took the link down, and it did not train again',
    meaning:
      'VFIO or the kernel reset the bus of the function. That takes the link of the port above down, and the port could not bring it up again, at the lowest speed either. So the device is gone: it reads as all ones (header type 7f), and what the log says of power afterwards follows from it. It is not a matter of ownership, of power saving or of the ROM.',
    hint: `${POWER_CYCLE} ${OWN_RESET}`,
  },
  'link-training-failed': {
    title: 'the link below a port does not train',
    meaning:
      'The port sees a device and cannot agree with it on a link, at 2.5 GT/s either. The device below is gone from the bus. Just after a reset, the device did not survive it; else the card, its slot, a riser or its power is at fault.',
    hint: POWER_CYCLE,
  },
  'power-inaccessible': {
    title: 'the function does not answer when its power state is to change',
    meaning:
      'Its configuration space does not answer: it sleeps in D3cold, or has lost its link. That is often taken for the AMD reset bug, and has another cure.',
    hint: `Look first for a reset or a link that failed just before: then this follows from it. Else ${KEEP_AWAKE} Once it is stuck: ${POWER_CYCLE}`,
  },
  'config-lost': {
    title: 'the function no longer answers',
    meaning:
      'Before a reset the kernel saves the configuration space, and it reads as all ones: the function was taken out, has lost its link, or is without power. There was nothing to restore afterwards.',
    hint: 'Look for “Card not present”, “Link Down” and “Link Active not set” around it.',
  },
  'link-not-up': {
    title: 'the link below a port did not come back',
    answer: 'Harmless for an empty slot; else the device below does not answer any more.',
    meaning:
      'After a reset, or out of sleep, the kernel waited for the link of the port, and the port never said that it is up. A hot reset then ends with ENOTTY, although the functions may have been reset. Ports whose slot is empty say it as well.',
    hint: null,
  },
  'flr-failed': {
    title: 'the function did not survive its own reset',
    meaning:
      'A reset of the function alone (FLR, or a PM reset) was started, and the function never answered again.',
    hint: `${POWER_CYCLE} To have another reset used: \`echo bus > reset_method\`, if the function is alone on its bus.`,
  },
  'device-error': {
    title: 'the function reported an error that cannot be recovered',
    meaning:
      'The port or the function reported a fatal PCIe error (AER), and QEMU stopped the guest so that nothing worse happens.',
    hint: 'Look in the kernel log for “AER” and “DPC” about the same function; then stop the VM.',
  },
  'surprise-removal': {
    title: 'a slot lost its link or its card',
    answer: 'The VM loses the device, or the kernel took a reset for an unplug.',
    meaning:
      'pciehp saw the link of the slot go down, or its card go, and removes the functions below: their user loses them. If a reset came just before, pciehp took it for an unplug, and adds the functions again. Otherwise the card was taken out, lost power, or its link died.',
    hint: 'If it follows a reset: use a reset of the function itself, or take the port from pciehp.',
  },
  'slot-trouble': {
    title: 'a slot finds no device, or has no power',
    meaning:
      'The hotplug driver of the port wanted to bring the slot up, and no device answered there, or its power failed.',
    hint: POWER_CYCLE,
  },
  'slot-command-slow': {
    title: 'a port did not confirm a hotplug command',
    meaning:
      'The hotplug driver waits until the port confirms what it was told, such as to switch an indicator. Some ports never do, which the kernel knows as an erratum, and goes on.',
    hint: null,
  },
  'aer-error': {
    title: 'the port reports a PCIe error',
    answer: 'Harmless if it was recovered; else the device does not answer any more.',
    meaning:
      'Advanced error reporting: a transfer went wrong in a way that cannot be corrected by hardware. Around a reset such an error is usual, since transfers are cut off; without one the link or the device is at fault.',
    hint: 'Look whether “device recovery successful” or “failed” follows, and whether a reset came before.',
  },
  'aer-corrected': {
    title: 'a PCIe error was corrected by hardware',
    meaning:
      'The link had to repeat a transfer. Nothing was lost. Thousands of them slow the log: the link is bad, or power saving (ASPM) disturbs it.',
    hint: null,
  },
  'aer-recovery-failed': {
    title: 'the function did not recover from a PCIe error',
    meaning:
      'After an error the kernel asks every driver below the port to recover. One could not, or has no code for it, as vfio-pci, which only tells its user. The functions stay as they are, mostly dead.',
    hint: 'Stop the VM and bind the function again, or power-cycle the host. If a reset came just before, it caused the error.',
  },
  'aer-recovered': {
    title: 'the function recovered from a PCIe error',
    meaning: 'The kernel reset the link, and the drivers went on.',
    hint: null,
  },
  'aer-detail': {
    title: 'the registers of a PCIe error',
    meaning:
      'What the function’s error registers held. The line before it says how grave the error was.',
    hint: null,
  },
  'slot-up': {
    title: 'a slot has a card, or its link is up',
    meaning: 'The hotplug driver of the port notes that a device is there, or back.',
    hint: null,
  },
  'device-enabled': {
    title: 'vfio-pci knows the device, or switched it on',
    meaning:
      'Notes of the kernel when vfio-pci is loaded, or a function is opened. They are normal.',
    hint: null,
  },
  'driver-failed': {
    title: 'the host’s driver could not start or keep the device',
    meaning:
      'The driver found the device and got no sense out of it. After a VM has had it, the device mostly was not reset, or did not survive its reset.',
    hint: 'Look for the reset just before, and for “not ready”. Unbind the device and bind it again; if that does not help, power-cycle the host.',
  },
  'dpc-contained': {
    title: 'a port switched its link off to contain an error',
    meaning:
      'Downstream port containment (DPC): after an error that cannot be corrected the port takes its link down, so that nothing wrong is passed on. Every function below loses its state; its user loses it. A reset that cuts transfers off can set it off too.',
    hint: 'Stop the VM, and look whether “device recovery successful” follows. If it comes with every reset, the device or its slot is at fault.',
  },
} as const satisfies DiagnosesWords
