import { badRequest } from '../api-error.ts'
import { booleanArg, textArg } from '../args.ts'
import { LIMITS, TIMES } from '../limits.ts'
import { emit } from '../messages.ts'
import type { MethodCall, Methods } from '../method.ts'

const TOO_OLD = 'query is too old and response timeout expired or query ID is invalid'

/** A query is answered once, within its time; everything else gets the error of an old one. */
function answerCallbackQuery({ world, bot, args }: MethodCall): boolean {
  const text = textArg(args, 'text')
  const query = bot.queries.get(textArg(args, 'callback_query_id'))
  const tooOld = !query || world.now() - query.createdAt > TIMES.callbackAnswerMs
  if (tooOld || query.answer) throw badRequest(TOO_OLD)
  if (text.length > LIMITS.callbackAnswerUnits) throw badRequest('MESSAGE_TOO_LONG')
  const { id, userId, chatId } = query
  const alert = booleanArg(args, 'show_alert')
  query.answer = { queryId: id, userId, text, alert, url: textArg(args, 'url'), time: world.now() }
  world.answers.push(query.answer)
  emit(world, bot, chatId, 'answer', { queryId: id, userId, text, alert })
  return true
}

export const callbackMethods: Methods = { answerCallbackQuery }
