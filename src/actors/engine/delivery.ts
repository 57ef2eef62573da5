/**
 * How an effect is kept until it is done. `once`: in a row of its own; it runs at least once, also
 * when the process dies. `latest`: the same, but of what an actor asks for only the newest counts: an
 * older one that has not begun is not done any more. `ephemeral`: worthless after seconds; it is run
 * right after the commit, without a row, and is lost with the process.
 */
export type Delivery = 'once' | 'latest' | 'ephemeral'

/** What a step must know of an effect that is done after the commit. */
export interface DeliveryRule {
  readonly delivery: Delivery
  /** Of `latest`: whether this asks for more than the newest state, which the next must not forget. */
  // biome-ignore lint/suspicious/noExplicitAny: of whatever parameters
  readonly renews?: ((params: any) => boolean) | undefined
}
