import type { SendKind } from './send-choice.ts'

/**
 * What is kept of messages that were sent, in their order. `method` shows them again by their
 * file ids; of an album it also names the kinds: `sendMediaGroup:photo,video`.
 */
export interface Sent {
  readonly method: string
  readonly messageIds: number[]
  readonly fileIds: string[]
}

interface HasFileId {
  readonly file_id: string
}

/** The parts of a message that may carry its file. */
export interface Carrier {
  readonly message_id: number
  readonly photo?: readonly HasFileId[]
  readonly video?: HasFileId
  readonly animation?: HasFileId
  readonly audio?: HasFileId
  readonly voice?: HasFileId
  readonly document?: HasFileId
}

export const METHODS = {
  photo: 'sendPhoto',
  video: 'sendVideo',
  animation: 'sendAnimation',
  audio: 'sendAudio',
  voice: 'sendVoice',
  document: 'sendDocument',
} as const satisfies Record<SendKind, string>

/** Kinds in the order to look: a moving picture is also given as a document. */
const KINDS: readonly SendKind[] = [
  'photo',
  'animation',
  'video',
  'audio',
  'voice',
  'document',
] as const

function fileIn(message: Carrier): { kind: SendKind; fileId: string } | undefined {
  for (const kind of KINDS) {
    const part = message[kind]
    const file = Array.isArray(part) ? part.at(-1) : part
    if (file !== undefined) return { kind, fileId: file.file_id }
  }
  return undefined
}

/** Telegram decides what a file becomes (a silent film a moving picture), so its word is kept. */
export function sentFile(message: Carrier): Sent {
  const file = fileIn(message)
  return {
    method: file === undefined ? 'sendMessage' : METHODS[file.kind],
    messageIds: [message.message_id],
    fileIds: file === undefined ? [] : [file.fileId],
  }
}

/** An album, with the kind of every file in it. */
export function sentAlbum(messages: readonly Carrier[]): Sent {
  const files = messages.map((message) => fileIn(message) ?? { kind: 'document', fileId: '' })
  return {
    method: `sendMediaGroup:${files.map(({ kind }) => kind).join(',')}`,
    messageIds: messages.map((message) => message.message_id),
    fileIds: files.map(({ fileId }) => fileId),
  }
}
