import type { LongPolls } from '../long-poll.ts'
import type { Methods } from '../method.ts'
import type { WebhookRegistry } from '../webhook-registry.ts'
import { botMethods } from './bot.ts'
import { callbackMethods } from './callback.ts'
import { chatMethods } from './chats.ts'
import { editMethods } from './edit.ts'
import { fileMethods } from './file.ts'
import { forwardMethods } from './forward.ts'
import { inlineMethods } from './inline.ts'
import { paymentMethods } from './payments.ts'
import { reactionMethods } from './reactions.ts'
import { sendFactsMethods } from './send-facts.ts'
import { sendMediaMethods } from './send-media.ts'
import { sendMessageMethods } from './send-message.ts'
import { updateMethods } from './updates.ts'

interface Deps {
  readonly polls: LongPolls
  readonly webhooks: WebhookRegistry
}

/** Every method the fake knows; a new family is one more table here. */
export const allMethods = (deps: Deps): Methods => ({
  ...botMethods,
  ...updateMethods(deps),
  ...sendMessageMethods,
  ...sendMediaMethods,
  ...editMethods,
  ...callbackMethods,
  ...fileMethods,
  ...paymentMethods,
  ...chatMethods,
  ...forwardMethods,
  ...inlineMethods,
  ...reactionMethods,
  ...sendFactsMethods,
})
