const LINK = /^ref_([0-9a-z]{1,11})$/

/** What follows `?start=` in a user's own link. */
export const inviteLink = (userId: number): string => `ref_${userId.toString(36)}`

/** Whose link it was; null for what is no such link. */
export function inviterOf(payload: string): number | null {
  const id = Number.parseInt(LINK.exec(payload)?.[1] ?? '', 36)
  return Number.isSafeInteger(id) && id > 0 ? id : null
}
