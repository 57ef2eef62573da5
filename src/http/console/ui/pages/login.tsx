import { useState } from 'preact/hooks'
import { wordsOf } from '../lib/api.ts'
import { logIn } from '../lib/session.ts'
import { Icon } from '../parts/icon.tsx'

/** Asks for the token, and for a name that stands beside everything that is done. */
export function LoginPage() {
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState<string | null>(null)
  const send = async (form: HTMLFormElement) => {
    const data = new FormData(form)
    setBusy(true)
    setTrouble(null)
    try {
      await logIn(String(data.get('token')), String(data.get('who')).trim())
    } catch (error) {
      setTrouble(wordsOf(error))
      setBusy(false)
    }
  }
  return (
    <main class="alone">
      <form
        class="login"
        onSubmit={(event) => {
          event.preventDefault()
          void send(event.currentTarget)
        }}
      >
        <span class="brand-mark">
          <Icon name="machine" />
        </span>
        <h1>Console</h1>
        <label>
          Your name
          <input name="who" required maxLength={40} autocomplete="username" />
          <small class="muted">Stands beside every action in the journal.</small>
        </label>
        <label>
          Token
          <input
            name="token"
            type="password"
            required
            autocomplete="current-password"
            aria-invalid={trouble !== null}
            aria-describedby={trouble === null ? undefined : 'login-trouble'}
          />
          <small class="muted">The value of CONSOLE_TOKEN.</small>
        </label>
        <p class="trouble" role="alert" id="login-trouble">
          {trouble}
        </p>
        <button type="submit" class="button accent" disabled={busy}>
          Log in
        </button>
      </form>
    </main>
  )
}
