import { messageTapIn } from '../machines/conversation/results/message-taps.ts'
import { PATIENCE_MS } from '../sandbox/patience.ts'
import type { Control } from '../sandbox/telegram/control-types.ts'
import type { SeenMessage } from '../sandbox/telegram/seen-message.ts'

/** One person in front of the bot: acts as an app lets them, and waits for what they see. */
export interface ChatUser {
  readonly id: number
  /** What the chat shows now, oldest first. */
  messages(): SeenMessage[]
  start(payload?: string): void
  text(words: string): void
  photo(bytes: Buffer): Promise<void>
  /** A film or sound of which the app says how many seconds it plays. */
  file(kind: 'video' | 'audio', bytes: Buffer, duration: number): Promise<void>
  /** Taps the button whose label has this part, as soon as the newest screen has it. */
  tap(label: string): Promise<void>
  /** The newest message with buttons, once it has these words; it then counts as looked at. */
  screen(words: string): Promise<SeenMessage>
  /** The newest message with buttons, once it differs from the one looked at last. */
  nextScreen(): Promise<SeenMessage>
  /** The bot's first message like this. */
  message(isWanted: (message: SeenMessage) => boolean): Promise<SeenMessage>
}

/** Whether these buttons stand on the message of a result, which is no screen. */
const hasResult = (keyboard: SeenMessage['keyboard']): boolean =>
  keyboard.flat().some(({ data }) => messageTapIn(data ?? '') !== undefined)

/** A user of the stand-in; every wait ends with the change that it waits for, or at the limit. */
export function createChatUser(
  control: Control,
  id: number,
  {
    languageCode = 'ru',
    timeoutMs = PATIENCE_MS,
  }: { languageCode?: string; timeoutMs?: number } = {},
): ChatUser {
  const user = control.user(id, { languageCode })
  let seen = ''

  const newestScreen = () =>
    user
      .chat()
      .findLast(
        ({ from, keyboard }) => from === 'bot' && keyboard.length > 0 && !hasResult(keyboard),
      )
  const look = (screen: SeenMessage) => {
    seen = fingerprint(screen)
    return screen
  }

  return {
    id,
    messages: () => user.chat(),
    start: (payload) => void user.sendCommand('start', payload),
    text: (words) => void user.sendText(words),
    photo: async (bytes) => void (await user.sendPhoto(bytes)),
    file: async (kind, bytes, duration) =>
      void (await user.sendFile(bytes, { kind, fileName: `given.${kind}`, duration })),
    async tap(label) {
      const find = () => {
        const screen = newestScreen()
        const button = screen?.keyboard.flat().find(({ text }) => text.includes(label))
        return screen && button?.data !== undefined ? { screen, data: button.data } : undefined
      }
      const { screen, data } = await control.waitFor(find, { timeoutMs })
      look(screen)
      user.tap(screen.id, data)
    },
    async screen(words) {
      const find = () => {
        const screen = newestScreen()
        return screen?.text?.includes(words) ? screen : undefined
      }
      return look(await control.waitFor(find, { timeoutMs }))
    },
    async nextScreen() {
      const find = () => {
        const screen = newestScreen()
        return screen && fingerprint(screen) !== seen ? screen : undefined
      }
      return look(await control.waitFor(find, { timeoutMs }))
    },
    message: (isWanted) =>
      control.waitFor(() => user.chat().find((m) => m.from === 'bot' && isWanted(m)), {
        timeoutMs,
      }),
  }
}

const fingerprint = ({ id, text, keyboard }: SeenMessage) => JSON.stringify([id, text, keyboard])
