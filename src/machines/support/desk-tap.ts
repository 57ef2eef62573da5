// Callback data of the button in the chat of the staff; it stands there for ever, so its form stays.

export const doneData = (userId: number): string => `s:done:${userId}`

/** Whose thread the button closes; undefined: it is no such button. */
export function doneIn(data: string): number | undefined {
  const [, id] = /^s:done:(\d{1,16})$/.exec(data) ?? []
  return id === undefined ? undefined : Number(id)
}
