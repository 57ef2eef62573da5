/** An exact decimal: `digits / 10^scale`. */
interface Decimal {
  readonly digits: bigint
  readonly scale: number
}

/** The number exactly as it is written in decimal (0.1 is one tenth, not its binary neighbour). */
function decimalOf(value: number): Decimal {
  if (!Number.isFinite(value) || value < 0) throw new RangeError(`not an amount: ${value}`)
  const [mantissa = '0', exponent = '0'] = String(value).split('e')
  const [whole = '0', fraction = ''] = mantissa.split('.')
  const scale = fraction.length - Number(exponent)
  const digits = BigInt(whole + fraction)
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 }
}

/** Product of non-negative numbers, rounded half up to an integer, without binary drift. */
export function multiplyHalfUp(...factors: readonly number[]): number {
  const decimals = factors.map(decimalOf)
  const digits = decimals.reduce((product, d) => product * d.digits, 1n)
  const unit = 10n ** BigInt(decimals.reduce((sum, d) => sum + d.scale, 0))
  const rounded = (2n * digits + unit) / (2n * unit)
  if (rounded > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError('the amount is too large')
  return Number(rounded)
}
