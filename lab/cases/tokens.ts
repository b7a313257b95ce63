/** VF tokens that scenarios use. */
export const TOKENS = [
  '5a5a0000-0000-4000-8000-000000000001',
  '5a5a0000-0000-4000-8000-000000000002',
] as const
