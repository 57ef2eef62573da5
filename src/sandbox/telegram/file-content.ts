import type { FileHandle } from './files.ts'
import { imageFacts } from './images.ts'
import { handleBytes } from './photo-sizes.ts'

/** Bytes that a file_id of a bot stands for. */
export const handleContent = (handle: FileHandle): Buffer =>
  handleBytes(handle, handle.kind === 'photo' ? imageFacts(handle.file.bytes) : undefined)
