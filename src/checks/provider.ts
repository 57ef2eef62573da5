import { type Finding, fail, ok } from './run-checks.ts'

/** The provider takes our key and the account has credits. */
export async function checkProvider(credits: () => Promise<number>): Promise<Finding[]> {
  const left = await credits()
  return [left > 0 ? ok(`${left} credits left`) : fail('no credits left: paid orders would fail')]
}
