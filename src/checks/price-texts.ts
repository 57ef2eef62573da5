import { allModels, hasPrice, isSold, type Model } from '../machines/catalogue/catalogue.ts'
import { type Finding, fail, ok, warn } from './run-checks.ts'

/** The dollar price of a credit by the provider's own texts. */
const USD_PER_CREDIT = 0.005
/** Lines that tell of something else than the price of an order. */
const ASIDE = /top-?ups?\b|bonus|effective/i
/** A text in tokens or words says nothing of what we count. */
const OTHER_UNITS = /tokens?\b/i
/** Seconds of a clip and pictures of an order by which a text's price may be multiplied. */
const TIMES = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 60]
const TOLERANCE = 0.03

type Priced = Pick<Model, 'id'> & { readonly price: Pick<Model['price'], 'parts' | 'text'> }

/** Every price that a text names, in credits, whether it says credits or dollars. */
export function amountsOf(text: string): number[] {
  const plain = text
    .split('\n')
    .filter((line) => !ASIDE.test(line))
    .join('\n')
  const credits = [...plain.matchAll(/(\d+(?:\.\d+)?)\s*(?:kie\s+)?credits?\b/gi)]
  const dollars = [...plain.matchAll(/\$\s*(\d+(?:\.\d+)?)/g)]
  // Dollars of others ("official price") are higher: they move the upper bound only.
  const inCredits = dollars.map(([, n]) => Math.round((Number(n) / USD_PER_CREDIT) * 1_000) / 1_000)
  return [...credits.map(([, n]) => Number(n)), ...inCredits].filter((n) => n > 0)
}

/** Whether a file's price follows from what the provider's text in the same file says. */
export function findingsOfPriceTexts(models: readonly Priced[]): Finding[] {
  let compared = 0
  const findings = models.flatMap(({ id, price }): Finding[] => {
    const { text } = price
    const said = text == null || OTHER_UNITS.test(text) ? [] : amountsOf(text)
    const [first] = price.parts
    if (first === undefined || said.length === 0) return []
    const rows = Array.isArray(first.credits)
      ? first.credits.map((row) => row.credits)
      : [first.credits]
    const paid = rows.filter((credits) => credits > 0)
    if (paid.length === 0) return []
    compared += 1
    const least = Math.min(...said)
    const cheapest = Math.min(...paid)
    if (cheapest < least * (1 - TOLERANCE)) {
      return [
        fail(
          `${id} costs ${cheapest} credits in its file, and at least ${least} by the provider's text`,
          'Each order would be sold below what the provider takes.',
          'Compare price.credits with price.provider_text in its file, and correct it.',
        ),
      ]
    }
    const most = Math.max(...said) * (TIMES.at(-1) ?? 1)
    const dearest = Math.max(...paid)
    if (dearest > most * (1 + TOLERANCE)) {
      return [
        fail(
          `${id} costs ${dearest} credits in its file, far more than the provider's text says`,
          'Nobody would order it, or somebody would pay far too much.',
          'Compare price.credits with price.provider_text in its file, and correct it.',
        ),
      ]
    }
    const strange = paid.filter(
      (credits) =>
        !said.some((n) => TIMES.some((k) => Math.abs(n * k - credits) <= TOLERANCE * credits)),
    )
    return strange.length === 0
      ? []
      : [
          warn(
            `${id}: ${[...new Set(strange)].join(', ')} credits do not stand in the provider's text`,
            'The price is within bounds, but where it comes from is not to be seen.',
            'Say it in price.note of its file.',
          ),
        ]
  })
  return findings.some(({ status }) => status === 'fail')
    ? findings
    : [ok(`${compared} of ${models.length} prices compared with the provider's texts`), ...findings]
}

/** The models on sale, against the texts in their files. */
export const checkPriceTexts = (): Finding[] =>
  findingsOfPriceTexts(allModels.filter((model) => isSold(model) && hasPrice(model)))
