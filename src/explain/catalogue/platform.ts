/** Whose processor a machine has, as far as cures differ by it. */
export type Processor =
  | 'intel'
  | 'amd'
  /** Intel or AMD. */
  | 'x86'
  | 'arm'
  | 'power'
  | 'riscv'
  | 's390'

/** What decides which cures make sense on a machine. */
export interface Platform {
  /** Vendor or architecture of the processor; null: unknown. */
  readonly processor: Processor | null
  /** Whether it is a virtual machine itself, which has no firmware menu; null: unknown. */
  readonly isGuest: boolean | null
}

export const UNKNOWN_PLATFORM: Platform = { processor: null, isGuest: null }

/** What is known of a machine from two sides; the first is believed where they differ. */
export function platformFrom(first: Platform, second: Platform): Platform {
  const isSharper = first.processor === null || (first.processor === 'x86' && isX86(second))
  return {
    processor: isSharper ? (second.processor ?? first.processor) : first.processor,
    isGuest: first.isGuest ?? second.isGuest,
  }
}

function isX86({ processor }: Platform): boolean {
  return processor === 'intel' || processor === 'amd'
}

/** What helps, where that is not the same everywhere. Whatever is left out is said as `other` is. */
export interface ByPlatform {
  /** In a virtual machine, whatever its processor. */
  readonly guest?: string
  readonly intel?: string
  readonly amd?: string
  /** Intel or AMD, not known which. */
  readonly x86?: string
  readonly arm?: string
  /** The machine is not known, or has another processor. */
  readonly other: string
}

/** A cure in words; null: none is known. */
export type Cure = string | ByPlatform | null

/** The cure for one machine. */
export function cureFor(cure: Cure, { processor, isGuest }: Platform): string | null {
  if (cure === null || typeof cure === 'string') return cure
  if (isGuest === true && cure.guest !== undefined) return cure.guest
  switch (processor) {
    case 'intel':
      return cure.intel ?? cure.x86 ?? cure.other
    case 'amd':
      return cure.amd ?? cure.x86 ?? cure.other
    case 'x86':
      return cure.x86 ?? cure.other
    case 'arm':
      return cure.arm ?? cure.other
    default:
      return cure.other
  }
}
