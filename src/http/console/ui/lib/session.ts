import { computed, signal } from '@preact/signals'
import type {
  ActionName,
  ActionRequest,
  ActionResult,
  LoginRequest,
  Session,
} from '../../contract.ts'
import { ApiError, getJson, postJson } from './api.ts'

export const API = '/console/api'

/** Who looks, and what they may do; null until the server has said. */
export const session = signal<Session | null>(null)
export const sessionError = signal<ApiError | null>(null)

/** What the server's clock is ahead of ours: ages are told by its clock. */
const aheadMs = signal(0)
const tick = signal(Date.now())
setInterval(() => {
  if (!document.hidden) tick.value = Date.now()
}, 1_000)

/** The server's time, once a second. */
export const now = computed(() => tick.value + aheadMs.value)

function take(value: Session): void {
  session.value = value
  sessionError.value = null
  aheadMs.value = value.now - Date.now()
}

export async function loadSession(): Promise<void> {
  try {
    take(await getJson<Session>(`${API}/session`))
  } catch (error) {
    sessionError.value = error instanceof ApiError ? error : new ApiError(0, String(error))
  }
}

export async function logIn(token: string, who: string): Promise<void> {
  take(await postJson<Session>(`${API}/login`, { token, who } satisfies LoginRequest))
}

export async function logOut(): Promise<void> {
  take(await postJson<Session>(`${API}/logout`, {}))
}

export const mayDo = (name: ActionName): boolean => session.value?.actions.includes(name) ?? false

export const act = (request: ActionRequest): Promise<ActionResult> =>
  postJson<ActionResult>(`${API}/actions`, request)
