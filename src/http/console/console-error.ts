import type { ConsoleErrorCode } from './contract.ts'

/** An answer of the console that is a refusal; `detail` is in words, for the operator. */
export class ConsoleError extends Error {
  public override name = 'ConsoleError'
  readonly status: number
  readonly code: ConsoleErrorCode
  readonly detail: string | undefined

  constructor(status: number, code: ConsoleErrorCode, detail?: string) {
    super(detail === undefined ? code : `${code}: ${detail}`)
    this.status = status
    this.code = code
    this.detail = detail
  }
}
