import type Router from '@koa/router'
import type { Context } from 'koa'
import { z } from 'zod'
import type { Asked } from './asked.ts'
import { bodyOf } from './control-body.ts'
import { isMember, makeGroup } from './groups.ts'
import type { FakeUser, GroupChat } from './model.ts'
import type { PeopleActions } from './speaker.ts'

const userId = z.number().int()
const bodies = {
  group: z.object({
    userId,
    title: z.string().min(1).max(128),
    kind: z.enum(['group', 'supergroup', 'channel']).default('group'),
    isForum: z.boolean().default(false),
  }),
  bot: z.object({ userId, status: z.enum(['member', 'administrator', 'kicked']) }),
  person: z.object({ userId }),
  topic: z.object({ userId, name: z.string().min(1).max(128) }),
}

const groupView = (chat: GroupChat, user: FakeUser) => ({
  id: chat.id,
  kind: chat.kind,
  title: chat.title,
  isForum: chat.isForum,
  topics: [...chat.topics].map(([id, name]) => ({ id, name })),
  botStatus: chat.botStatus,
  role: chat.members.get(user.id) ?? 'left',
  people: [...chat.members].filter(([, status]) => isMember(status)).map(([id]) => id),
})

/** What a person does with groups: `/sandbox/groups…`. */
export function groupRoutes(router: Router, { world, groups }: PeopleActions, asked: Asked): void {
  const person = (ctx: Context, id: number): FakeUser =>
    world.users.get(id) ?? ctx.throw(404, 'no such user')
  const group = (ctx: Context): GroupChat => {
    const chat = asked.chat(ctx)
    return chat.kind === 'private' ? ctx.throw(404, 'no such group') : chat
  }

  /** The groups of `?user=` that are in use. */
  router.get('/groups', (ctx) => {
    const user = asked.user(ctx)
    ctx.body = [...asked.bot(ctx).chats.values()]
      .filter((chat) => chat.kind !== 'private')
      .filter(({ members, migratedTo }) => isMember(members.get(user.id)) && !migratedTo)
      .map((chat) => groupView(chat, user))
  })
  /** A new group with the bot in it. */
  router.post('/groups', async (ctx) => {
    const { userId: id, ...options } = await bodyOf(ctx, bodies.group)
    const user = person(ctx, id)
    const bot = asked.bot(ctx)
    const chat = makeGroup(bot, user.id, options)
    groups.addBot(bot, chat, user)
    ctx.body = groupView(chat, user)
  })
  router.post('/groups/:chatId/bot', async (ctx) => {
    const { userId: id, status } = await bodyOf(ctx, bodies.bot)
    const chat = group(ctx)
    const user = person(ctx, id)
    const bot = asked.bot(ctx)
    if (status === 'kicked') groups.removeBot(bot, chat, user)
    else if (isMember(chat.botStatus)) groups.setBotStatus(bot, chat, user, status)
    else groups.addBot(bot, chat, user, status)
    ctx.body = groupView(chat, user)
  })
  router.post('/groups/:chatId/people', async (ctx) => {
    const user = person(ctx, (await bodyOf(ctx, bodies.person)).userId)
    groups.join(asked.bot(ctx), group(ctx), user)
    ctx.body = groupView(group(ctx), user)
  })
  router.post('/groups/:chatId/topics', async (ctx) => {
    const { userId: id, name } = await bodyOf(ctx, bodies.topic)
    const threadId = groups.openTopic(asked.bot(ctx), group(ctx), person(ctx, id), name)
    ctx.body = { ...groupView(group(ctx), person(ctx, id)), threadId }
  })
}
