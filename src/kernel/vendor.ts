import type { KernelLine, KernelRelease } from './kernel-release.js'

/** Whose kernel it is, where that changes what its release number says. */
export interface Vendor {
  /** As people call it: `Ubuntu`, `RHEL 9`. */
  readonly name: string
  /**
   * `stable`: built from a stable release and what comes after it there. `backports`: what newer releases changed is taken
   * into an old one, so that its number says no more than what it has at least.
   */
  readonly builds: 'stable' | 'backports'
  /** The release whose VFIO it has, where its sources were read; null: they were not. */
  readonly vfio: KernelLine | null
}

/** The vendor of a kernel; null: it is mainline, a stable release, or so near to one that its number tells all. */
export function vendorOf({ text, major, minor }: KernelRelease): Vendor | null {
  const found = VENDORS.find(({ mark }) => mark.test(text))
  if (found === undefined || UNCHANGED.test(text)) return null
  const { name, builds } = found
  const build = major === 5 && minor === 14 ? RHEL_9_BUILD.exec(text)?.[1] : undefined
  const isRead = build !== undefined && Number(build) >= RHEL_9_READ
  return { name, builds, vfio: isRead ? RHEL_9_VFIO : null }
}

/** ELRepo's kernel-ml and kernel-lt, and Ubuntu's builds of mainline (`6.8.9-060809-generic`), are stable releases as they are. */
const UNCHANGED = /\.elrepo\b|-\d{6}(?:rc\d+)?-generic$/

/** RHEL 9 and what is rebuilt from it, CentOS Stream, Rocky, Alma, RHCOS, Virtuozzo: `5.14.0-427.13.1.el9_4.x86_64`. */
const RHEL_9_BUILD = /^5\.14\.0-(\d{1,5})\..*?\.?(?:el|vz)9(?:_\d+)?(?=[.+]|$)/

/** RHEL 9.4 (`5.14.0-425.el9`): VFIO of 6.6, without VF split, with narrow slots, and no-IOMMU broken on an iommufd. */
const RHEL_9_READ = 425
const RHEL_9_VFIO: KernelLine = { major: 6, minor: 6 }

/** By the mark that their releases hold; the first that matches. */
const VENDORS: readonly {
  readonly name: string
  readonly mark: RegExp
  readonly builds: Vendor['builds']
}[] = [
  { name: 'Oracle UEK', mark: /\.el\d+uek\b/, builds: 'backports' },
  { name: 'RHEL 8', mark: /\.(?:el|vz)8(?:_\d+)?(?=[.+]|$)/, builds: 'backports' },
  { name: 'RHEL 9', mark: /\.(?:el|vz)9(?:_\d+)?(?=[.+]|$)/, builds: 'backports' },
  { name: 'RHEL 10', mark: /\.el10(?:_\d+)?(?=[.+]|$)/, builds: 'backports' },
  { name: 'RHEL', mark: /\.(?:el|vz)\d+/, builds: 'backports' },
  { name: 'SUSE', mark: /-1[56]\d{4}\b|^4\.12\.14-/, builds: 'backports' },
  { name: 'openEuler', mark: /\.oe\d/, builds: 'backports' },
  { name: 'Anolis OS', mark: /\.an\d/, builds: 'backports' },
  { name: 'Alibaba Cloud Linux', mark: /\.al\d/, builds: 'backports' },
  { name: 'TencentOS', mark: /\.tl\d|tlinux/, builds: 'backports' },
  { name: 'Kylin', mark: /\.ky\d/, builds: 'backports' },
  { name: 'Amazon Linux', mark: /[.-]amzn\d/, builds: 'stable' },
  { name: 'Azure Linux', mark: /\.(?:azl|cm)\d/, builds: 'stable' },
  { name: 'Proxmox', mark: /-pve$/, builds: 'stable' },
  { name: 'NVIDIA', mark: /-(?:nvidia|tegra)\b/, builds: 'stable' },
  {
    name: 'Ubuntu',
    mark: /-\d+-(?:generic|lowlatency|azure|gke|gkeop|gcp|aws|oracle|ibm|kvm|oem|raspi|realtime|intel|xilinx|hwe|fips|bluefield|riscv|starfive|laptop|tdx)\b/,
    builds: 'stable',
  },
]
