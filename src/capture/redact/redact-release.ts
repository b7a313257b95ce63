import { holdsAddress } from './redact-names.js'
import { isPseudonym, type Redactor } from './redaction.js'

/** What distributions and architectures put behind the numbers of a release. A name that somebody gave a build is none of it. */
const PARTS = new RegExp(
  `^(?:v?\\d{1,8}|rc\\d{1,2}|${[
    'amd64|arm64|x86|64|aarch64|ppc64le|s390x|riscv64|i686|armmp|rpi',
    'generic|lowlatency|oem|hwe|edge|kvm|aws|azure|gcp|oracle|cloud|raspi|default|mainline',
    'pve|deb\\d{0,2}(?:u\\d{1,3})?|dfsg|debian|ubuntu|bpo\\d{0,2}|u\\d{1,3}|el\\d{1,2}|fc\\d{1,3}|amzn\\d{0,4}|uek',
    'arch\\d{0,2}|lts|rt\\d{0,3}|zen\\d{0,2}|hardened\\d{0,2}|manjaro|cachyos|gentoo|nixos|unraid|xanmod\\d{0,2}',
    'liquorix|truenas|production|vyos|xen|lab|common|dirty|std|sr\\d|dist|stable|qubes|alt\\d{0,2}|un|def',
  ].join('|')})$`,
  'i',
)

/** A kernel release, in which each part is replaced that no distribution has. */
export function redactRelease(release: string, redactor: Redactor): string {
  if (holdsAddress(release)) return redactor.replace('release', release)
  return release
    .split(/(redacted-[0-9a-f]{8}|[-+~._])/)
    .map((part) => {
      const isPlain = part === '' || /^[-+~._]$/.test(part) || isPseudonym(part) || PARTS.test(part)
      return isPlain ? part : redactor.replace('release', part)
    })
    .join('')
}

/** Words of `proc/version` and of `uname -v`. */
const WORDS: ReadonlySet<string> = new Set(
  `
    Linux version gcc gcc-10 gcc-11 gcc-12 gcc-13 gcc-14 gcc-15 clang LLD GNU ld Binutils for Debian Ubuntu Red
    Hat Fedora SUSE Arch SMP PREEMPT PREEMPT_DYNAMIC PREEMPT_RT PREEMPT_LAZY RT UTC CET CEST GMT EST PDT PST
    Mon Tue Wed Thu Fri Sat Sun Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec x86_64 aarch64
    x86_64-linux-gnu-gcc x86_64-linux-gnu-gcc-12 x86_64-linux-gnu-gcc-13 x86_64-linux-gnu-gcc-14
    x86_64-linux-gnu-gcc-15 aarch64-linux-gnu-gcc-12 aarch64-linux-gnu-gcc-14 aarch64-linux-gnu-gcc-15
    based on Homebrew Gentoo Alpine NixOS QEMU emulator KVM libvirtd libvirt virsh virtqemud
    Copyright c Fabrice Bellard and the Project developers PMX dfsg
  `
    .trim()
    .split(/\s+/),
)

/** `proc/version` and what programs say of their version: who built it, and where, is replaced. */
export function redactVersion(text: string, redactor: Redactor): string {
  return text
    .split(/([\s(),;]+)/)
    .map((word, at, words) => {
      if (at % 2 === 1 || word === '' || isPseudonym(word) || WORDS.has(word)) return word
      // No version has the form of a network address or a MAC.
      if (holdsAddress(word)) return redactor.replace('network-address', word)
      if (words[at - 2] === 'version' || /^\d{1,3}\.\d{1,4}[.\d]*[-+]/.test(word)) {
        return redactRelease(word, redactor)
      }
      if (isVersion(word)) return word
      return redactor.replace(word.includes('@') ? 'builder' : 'release', word)
    })
    .join('')
}

/** `18+deb12u1`, `12.2.0-14`, `1:7.2+dfsg-7~bpo12`, `#1`, `2026-11-05`, `12:34:56`. */
function isVersion(word: string): boolean {
  return (
    /^[#v]?\d/.test(word) &&
    word
      .replace(/^#/, '')
      .split(/[.:+~-]/)
      .every((part) => PARTS.test(part))
  )
}
