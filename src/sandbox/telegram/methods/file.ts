import { badRequest } from '../api-error.ts'
import { textArg } from '../args.ts'
import { handleContent } from '../file-content.ts'
import { LIMITS } from '../limits.ts'
import type { MethodCall, Methods } from '../method.ts'

function getFile({ bot, args }: MethodCall) {
  const fileId = textArg(args, 'file_id')
  if (fileId === '') throw badRequest('file_id not specified')
  const handle = bot.files.byId(fileId)
  if (!handle) throw badRequest('invalid file_id')
  if (handle.file.bytes.length > LIMITS.downloadBytes) throw badRequest('file is too big')
  return {
    file_id: handle.fileId,
    file_unique_id: handle.uniqueId,
    file_size: handleContent(handle).length,
    file_path: handle.path,
  }
}

export const fileMethods: Methods = { getFile }
