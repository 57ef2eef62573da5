import { badRequest } from './api-error.ts'
import { isObject } from './args.ts'

/** https://core.telegram.org/bots/api#reactiontypeemoji */
const EMOJI: ReadonlySet<string> = new Set(
  (
    '👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 ' +
    '😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡'
  ).split(' '),
)

/** Whether everybody may use this emoji as a reaction. */
export const isReaction = (emoji: string): boolean => EMOJI.has(emoji)

/** The emoji of a list of ReactionType; a custom emoji needs what a bot without Premium has not. */
export function reactionEmoji(value: unknown): string[] {
  if (!Array.isArray(value)) throw badRequest('Expected an Array of ReactionType')
  return value.map((one) => {
    const failure = (text: string) => badRequest(`Can't parse ReactionType: ${text}`)
    if (!isObject(one)) throw failure('expected an Object')
    if (one.type !== 'emoji' && one.type !== 'custom_emoji' && one.type !== 'paid')
      throw failure('invalid reaction type specified')
    if (one.type !== 'emoji' || !isReaction(String(one.emoji))) throw badRequest('REACTION_INVALID')
    return String(one.emoji)
  })
}

/** Reactions as updates show them. */
export const reactionsJson = (emoji: readonly string[]) =>
  emoji.map((one) => ({ type: 'emoji', emoji: one }))
