/**
 * Who somebody is in the area for admins. The owner may do all; finance decides about money; support
 * helps people and touches no money.
 */
export type Role = 'owner' | 'finance' | 'support'

/** What can be done there, by what it touches. */
export type Right = 'look' | 'money' | 'people' | 'mail' | 'erase'

const RIGHTS: Record<Role, readonly Right[]> = {
  owner: ['look', 'money', 'people', 'mail', 'erase'],
  finance: ['look', 'money'],
  support: ['look', 'people'],
}

/** Whether a role has a right; somebody without a role has none. */
export const mayDo = (role: Role | undefined, right: Right): boolean =>
  role !== undefined && RIGHTS[role].includes(right)

/** The ids of those who have each role. */
export interface Staff {
  readonly adminIds: readonly number[]
  readonly financeIds?: readonly number[]
  readonly supportIds?: readonly number[]
}

export function roleOf({ adminIds, financeIds = [], supportIds = [] }: Staff, userId: number) {
  if (adminIds.includes(userId)) return 'owner' as const
  if (financeIds.includes(userId)) return 'finance' as const
  return supportIds.includes(userId) ? ('support' as const) : undefined
}
