import { broadcastDefinition } from './broadcast/definition.ts'
import { createConversationDefinition } from './conversation/definition.ts'
import type { View } from './conversation/screens/screen.ts'
import { jobDefinition } from './job/definition.ts'
import { supportDefinition } from './support/definition.ts'
import { topupDefinition } from './topup/definition.ts'

/** Every machine whose actors are kept, for screens drawn with these settings. */
export const createDefinitions = (view: View) =>
  [
    createConversationDefinition(view),
    jobDefinition,
    topupDefinition,
    broadcastDefinition,
    supportDefinition,
  ] as const
