/** An answer that is not a success: KIE puts `code` into the body of an HTTP 200. */
export interface Refusal {
  readonly refused: true
  readonly code: number
  readonly msg: string
}

/** Builds a refusal. */
export const refuse = (code: number, msg: string): Refusal => ({ refused: true, code, msg })

/** Whether a step ended in a refusal. */
export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'refused' in value && value.refused === true
