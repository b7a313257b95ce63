import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { lspciTree } from '../../../src/capture/lspci/lspci-text.js'
import { readHost } from '../../../src/host/read/read-host.js'
import { predictFunctionResets } from '../../../src/pci/function-reset.js'
import { answer, at, decide } from '../../support/ask.js'

async function hostOf(text: string) {
  const tree = lspciTree(text, { kind: 'capture', path: 'text' })
  if (typeof tree === 'string') throw new Error(tree)
  return decide(await readHost(tree, { wake: false, holders: true }))
}

function dump(name: string): string {
  const path = new URL(`../../../fixtures/dumps/${name}`, import.meta.url)
  return gunzipSync(readFileSync(fileURLToPath(path))).toString('utf8')
}

function withoutBytes(text: string): string {
  return text.replace(/^[0-9a-f]{2,3}: [0-9a-f]{2} .*\n/gm, '')
}

/** A root port with a network card of two functions, as `lspci -vvv` of a made host prints them. */
const PORT = `00:03.1 PCI bridge [0604]: Advanced Micro Devices [1022:1483] (prog-if 00 [Normal decode])
	Status: Cap+ 66MHz- UDF- FastB2B- ParErr- DEVSEL=fast >TAbort- <TAbort- <MAbort- >SERR- <PERR- INTx-
	IOMMU group: 9
	Bus: primary=00, secondary=2d, subordinate=2e, sec-latency=0
	Capabilities: [50] Power Management version 3
		Status: D0 NoSoftRst- PME-Enable+ DSel=0 DScale=0 PME-
	Capabilities: [58] Express (v2) Root Port (Slot+), MSI 00
		DevCap:	MaxPayload 512 bytes, PhantFunc 0
			ExtTag+ RBE+
		LnkCap:	Port #0, Speed 16GT/s, Width x16, ASPM L1, Exit Latency L1 <64us
			ClockPM- Surprise- LLActRep+ BwNot+ ASPMOptComp+
		LnkSta:	Speed 8GT/s (downgraded), Width x8 (downgraded)
			TrErr- Train- SlotClk+ DLActive+ BWMgmt+ ABWMgmt+
		SltCap:	AttnBtn- PwrCtrl- MRL- AttnInd- PwrInd- HotPlug- Surprise-
			Slot #0, PowerLimit 75.000W; Interlock- NoCompl+
		DevCap2: Completion Timeout: Range ABCD, TimeoutDis+ NROPrPrP- LTR+
			 FRS- LN System CLS Not Supported, TPHComp+ ExtTPHComp- ARIFwd+
		DevCtl2: Completion Timeout: 65ms to 210ms, TimeoutDis- LTR+ 10BitTagReq- OBFF Disabled, ARIFwd+
			 AtomicOpsCtl: ReqEn- EgressBlck-
	Capabilities: [2a0 v1] Access Control Services
		ACSCap:	SrcValid+ TransBlk+ ReqRedir+ CmpltRedir+ UpstreamFwd+ EgressCtrl- DirectTrans+
		ACSCtl:	SrcValid+ TransBlk- ReqRedir+ CmpltRedir+ UpstreamFwd+ EgressCtrl- DirectTrans-
	Kernel driver in use: pcieport

`

function endpoint(func: number, lines: string, driver = 'vfio-pci'): string {
  const end = driver === '' ? '' : `\tKernel driver in use: ${driver}\n`
  return `2d:00.${func} Ethernet controller [0200]: Intel [8086:1521] (rev 01)\n\tStatus: Cap+ 66MHz- UDF-\n\tIOMMU group: ${20 + func}\n${lines}${end}\n`
}

const POWER = (reset: '+' | '-') =>
  `\tCapabilities: [40] Power Management version 3\n\t\tStatus: D0 NoSoftRst${reset} PME-Enable- DSel=0 DScale=0 PME-\n`
const EXPRESS = (flr: '+' | '-') =>
  `\tCapabilities: [a0] Express (v2) Endpoint, MSI 00\n\t\tDevCap:\tMaxPayload 512 bytes, PhantFunc 0, Latency L0s <512ns, L1 <64us\n\t\t\tExtTag- AttnBtn- AttnInd- PwrInd- RBE+ FLReset${flr} SlotPowerLimit 0W\n\t\tDevCtl:\tCorrErr+ NonFatalErr+ FatalErr+ UnsupReq+\n\t\t\tRlxdOrd+ ExtTag- PhantFunc- AuxPwr- NoSnoop+ FLReset+\n`
const ARI = '\tCapabilities: [150 v1] Alternative Routing-ID Interpretation (ARI)\n'
const ACS = (control: string) =>
  `\tCapabilities: [1d0 v1] Access Control Services\n\t\tACSCap:\tSrcValid- TransBlk- ReqRedir+ CmpltRedir+ UpstreamFwd- EgressCtrl- DirectTrans+\n\t\tACSCtl:\t${control}\n`
const SRIOV =
  '\tCapabilities: [160 v1] Single Root I/O Virtualization (SR-IOV)\n\t\tIOVCap:\tMigration-, Interrupt Message Number: 000\n\t\tIOVCtl:\tEnable+ Migration- Interrupt- MSE+ ARIHierarchy+\n\t\tIOVSta:\tMigration-\n\t\tInitial VFs: 8, Total VFs: 8, Number of VFs: 2, Function Dependency Link: 00\n\t\tVF offset: 384, stride: 4, Device ID: 1520\n'

describe('registers that lspci prints by name', () => {
  test.each(['nnvvvxxxx-12900k.txt.gz', 'one-card-x570.txt.gz'])(
    'say of %s what the bytes say',
    async (name) => {
      const bytes = await hostOf(dump(name))
      const text = await hostOf(withoutBytes(dump(name)))
      for (const device of bytes.topology.devices) {
        const { acs, portType, hotplugCapable, linkActive, secondaryBus, dead, functionReset } =
          device
        const printed = at(text, device.address)
        const isPort = portType.known && portType.value === 'root-port'
        expect(printed).toMatchObject({
          acs: acs.known && acs.value !== null ? { value: { ...acs.value, wide: null } } : acs,
          ...{ portType, hotplugCapable, linkActive, secondaryBus, dead },
          // lspci prints no FLReset of a port.
          functionReset: isPort ? { known: false } : functionReset,
        })
      }
    },
  )

  test('decide what resets, what isolates, and where a slot is', async () => {
    const text = `${PORT}${endpoint(0, POWER('-') + EXPRESS('-') + ARI + ACS('SrcValid- TransBlk- ReqRedir+ CmpltRedir+ UpstreamFwd- EgressCtrl- DirectTrans-'))}${endpoint(1, POWER('+') + EXPRESS('+') + ARI)}`
    const vfio = await hostOf(text)
    const [port, first, second] = [at(vfio, '00:03.1'), at(vfio, '2d:00.0'), at(vfio, '2d:00.1')]
    expect(port).toMatchObject({
      portType: { value: 'root-port' },
      secondaryBus: { value: '0000:2d' },
      hotplugCapable: { known: true, value: false },
      linkActive: { known: true, value: true },
      acs: { value: { capability: 0x5f, control: 0x1d } },
    })
    expect(first).toMatchObject({
      functionReset: { known: true, value: { flr: false, afFlr: false, pm: true } },
      acs: { value: { capability: 0x4c, control: 0x0c } },
      multifunction: { known: true, value: true },
      dead: { known: true, value: false },
    })
    expect(second).toMatchObject({
      functionReset: { known: true, value: { flr: true, afFlr: false, pm: false } },
      acs: { known: true, value: null },
    })
    expect(predictFunctionResets(second, vfio)).toEqual({ known: true, value: ['flr'] })
    expect(answer(vfio, 'group-fds', '2d:00.0')).toBe('EINVAL hot-reset')
  })

  test('AF of a conventional function', async () => {
    const lines =
      '\tCapabilities: [90] PCI Advanced Features\n\t\tAFCap: TP+ FLR+\n\t\tAFCtrl: FLR-\n\t\tAFStatus: TP-\n'
    const vfio = await hostOf(PORT + endpoint(0, lines + POWER('+')))
    expect(at(vfio, '2d:00.0')).toMatchObject({
      portType: { known: true, value: 'conventional' },
      functionReset: { known: true, value: { flr: false, afFlr: true, pm: false } },
    })
  })

  test('ARI forwarding of the port makes a device number above zero a function of the same device', async () => {
    const high = endpoint(0, POWER('+') + EXPRESS('+') + ARI).replace('2d:00.0', '2d:01.0')
    const on = await hostOf(PORT + high)
    expect(at(on, '2d:01.0').multifunction).toEqual({ known: true, value: true })
    const off = await hostOf(PORT.replaceAll('ARIFwd+', 'ARIFwd-') + high)
    expect(at(off, '2d:01.0').multifunction.known).toBe(false)
  })

  test('VFs are found by the printed SR-IOV numbers', async () => {
    const vf = (address: string) =>
      `${address} Ethernet controller [0200]: Intel Virtual Function [8086:1520] (rev 01)\n\tIOMMU group: 40\n\tKernel driver in use: vfio-pci\n\n`
    const text = `${PORT}${endpoint(0, EXPRESS('+') + ARI + SRIOV, 'igb')}${vf('2e:10.0')}${vf('2e:10.4')}${vf('2e:10.5')}`
    const vfio = await hostOf(text)
    expect(at(vfio, '2d:00.0').raw).toMatchObject({
      virtfns: ['0000:2e:10.0', '0000:2e:10.4'],
      sriovTotal: { value: 8 },
    })
    expect(at(vfio, '2e:10.4').raw.physfn).toEqual({ known: true, value: '0000:2d:00.0' })
    expect(at(vfio, '2e:10.5').raw.physfn.known).toBe(false)
  })
})

describe('what was not printed is unknown, never no', () => {
  test('capabilities that an ordinary user is denied', async () => {
    const vfio = await hostOf(PORT + endpoint(0, '\tCapabilities: <access denied>\n'))
    const { acs, functionReset, portType } = at(vfio, '2d:00.0')
    for (const fact of [acs, functionReset, portType]) {
      expect(fact).toMatchObject({ known: false, gap: { why: 'not-captured' } })
    }
  })

  test('the rest of a block that was cut off', async () => {
    const vfio = await hostOf(PORT + endpoint(0, POWER('+') + EXPRESS('+'), ''))
    const { acs, functionReset, portType } = at(vfio, '2d:00.0')
    expect(portType).toEqual({ known: true, value: 'endpoint' })
    expect(acs).toMatchObject({ known: false, gap: { why: 'not-captured' } })
    expect(functionReset).toMatchObject({ known: false, gap: { why: 'not-captured' } })
  })

  test('the extended capabilities where not one was printed', async () => {
    const vfio = await hostOf(PORT + endpoint(0, POWER('+') + EXPRESS('+')))
    const { acs, functionReset } = at(vfio, '2d:00.0')
    expect(functionReset).toMatchObject({ known: true, value: { flr: true } })
    expect(acs).toMatchObject({ known: false, gap: { why: 'not-captured' } })
    expect(at(vfio, '2d:00.0').raw.sriovTotal.known).toBe(false)
  })

  test('registers of a capability that `lspci -v` only names', async () => {
    const port = PORT.split('\n')
      .filter((line) => !line.startsWith('\t\t'))
      .join('\n')
    const vfio = await hostOf(
      port + endpoint(0, `\tCapabilities: [a0] Express Endpoint, MSI 00\n${ARI}`),
    )
    expect(at(vfio, '00:03.1')).toMatchObject({
      portType: { value: 'root-port' },
      acs: { known: false, gap: { why: 'not-captured' } },
      hotplugCapable: { known: false },
      linkActive: { value: null },
    })
    expect(at(vfio, '2d:00.0').functionReset.known).toBe(false)
  })

  test('a single function may be one of several', async () => {
    const vfio = await hostOf(PORT + endpoint(0, POWER('+') + EXPRESS('+') + ARI))
    expect(at(vfio, '2d:00.0').multifunction.known).toBe(false)
  })

  test('a function that answers nothing is dead, and its registers are unknown', async () => {
    const dead = `2d:00.0 Ethernet controller [0200]: Intel [8086:1521] (rev ff) (prog-if ff)\n\t!!! Unknown header type 7f\n\tKernel driver in use: vfio-pci\n`
    const vfio = await hostOf(PORT + dead)
    expect(at(vfio, '2d:00.0')).toMatchObject({
      dead: { known: true, value: true },
      acs: { known: false },
      raw: { deviceId: { value: 0x1521 }, revision: { known: false } },
    })
  })
})
