/** A call that leaves as the answer to a webhook request; nobody hears its result. */
export interface ReplyCall {
  readonly method: string
  readonly [field: string]: unknown
}

/**
 * Lets the answer to a tap leave as the answer to the webhook request that brought it, which needs no
 * request of its own: https://core.telegram.org/bots/api#making-requests-when-getting-updates.
 */
export interface WebhookReplies {
  /** Does the work that the tap leads to; resolves with the call that was left for the reply, if any. */
  during(queryId: string, work: () => Promise<unknown>): Promise<ReplyCall | undefined>
  /** Leaves the call for the reply; false when no request waits for this tap any more. */
  leave(queryId: string, call: ReplyCall): boolean
}

export function createWebhookReplies(): WebhookReplies {
  const open = new Map<string, { call?: ReplyCall }>()
  return {
    async during(queryId, work) {
      const reply: { call?: ReplyCall } = {}
      // The same tap once more, while the first is in hand: the first one answers it.
      if (open.has(queryId)) {
        await work()
        return undefined
      }
      open.set(queryId, reply)
      try {
        await work()
      } finally {
        open.delete(queryId)
      }
      return reply.call
    },
    leave(queryId, call) {
      const reply = open.get(queryId)
      if (reply === undefined || reply.call !== undefined) return false
      reply.call = call
      return true
    },
  }
}
