import type { Context } from 'koa'
import type { Bot, Chat, FakeUser, World } from './model.ts'
import { chatOf, findBot } from './world.ts'

/** What every route has to find out first. */
export interface Asked {
  bot(ctx: Context): Bot
  /** Who acts: the user of a private chat, or the one that `?user=` names in a group. */
  user(ctx: Context): FakeUser
  chat(ctx: Context): Chat
}

/** Reads bot, user and chat from the path and the query; 404 when there is none. */
export function createAsked(world: World): Asked {
  const bot: Asked['bot'] = (ctx) => findBot(world, ctx.URL.searchParams.get('bot') ?? undefined)
  const user: Asked['user'] = (ctx) => {
    const named = ctx.URL.searchParams.get('user') ?? ctx.params.chatId
    return world.users.get(Number(named)) ?? ctx.throw(404, 'no such user')
  }
  return {
    bot,
    user,
    chat(ctx) {
      const id = Number(ctx.params.chatId)
      const known = bot(ctx).chats.get(id)
      if (known) return known
      const person = world.users.get(id)
      return person ? chatOf(bot(ctx), person, false) : ctx.throw(404, 'no such chat')
    },
  }
}
