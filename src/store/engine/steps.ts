import type { PoolClient } from 'pg'

/** One actor's change: from `expected` (0 = the actor is new) to `expected + entries.length`. */
export interface Step {
  actorId: string
  machine: string
  machineVersion: number
  expected: number
  status: 'active' | 'done'
  state: string
  snapshot: string
  /** What the actor's row keeps of its timers, as JSON. */
  pendingTimers: string
  entries: readonly Entry[]
  effects: readonly NewEffect[]
  timers: readonly NewTimer[]
  /** Ids of timers that fired, or must not fire any more. */
  cancels: readonly string[]
}

/** One event of a step, as the journal keeps it. Strings holding JSON are ready for jsonb. */
export interface Entry {
  key: string
  at: Date
  event: string
  state: string
  effects: string
  checkpoint: string | null
}

/** An effect that the step asks for; what has this key already is asked for anew. */
export interface NewEffect {
  key: string
  type: string
  seq: number
  index: number
  /** The newest step that asked for it to be done afresh; 0: none did. */
  renewed: number
  /** JSON of `{at, params}`. */
  payload: string
}

/** A timer that the step sets; an earlier one of the id is replaced. */
export interface NewTimer {
  id: string
  seq: number
  dueAt: number
  event: string
}

export interface CommitOutcome {
  accepted: Set<string>
  /** Keys already in the journal, per actor; such an actor's step was not applied. */
  known: Map<string, Set<string>>
}

/**
 * JSON texts travel as one string: none of them can hold a control character, and neither side has
 * to escape them, as it would in an array literal. An empty one stands for null.
 */
const SEPARATOR = '\x1f'
const jsons = (n: number): string => `string_to_array($${n}, e'\\x1f', '')`
const joined = (texts: readonly (string | null)[]): string =>
  texts.map((text) => text ?? '').join(SEPARATOR)

/** An array literal of short texts; only those that need it are escaped one by one. */
function literal(texts: readonly string[]): string {
  if (texts.length === 0) return '{}'
  const plain = !/["\\]/.test(texts.join(''))
  const safe = plain ? texts : texts.map((text) => text.replace(/["\\]/g, '\\$&'))
  return `{"${safe.join('","')}"}`
}

const numbers = (values: readonly (number | null)[]): string =>
  `{${values.map((value) => value ?? 'null').join()}}`

/** What is done to timers, behind the other parts. */
const TIMED = `, timer as materialized (
  select * from unnest($26::text[], $27::text[], $28::bigint[], $29::float8[], ${jsons(30)})
    as t (actor_id, id, seq, due_at, event)
), cancel as materialized (
  select * from unnest($31::text[], $32::text[]) as c (actor_id, id)
), unset as (
  delete from timers t using cancel c
  where t.actor_id = c.actor_id and t.id = c.id and (select ids from accepted) ? c.actor_id
), timed as (
  insert into timers (actor_id, id, seq, due_at, event)
  select t.actor_id, t.id, t.seq, to_timestamp(t.due_at / 1000), t.event::jsonb
  from timer t where (select ids from accepted) ? t.actor_id
  on conflict (actor_id, id) do update set seq = excluded.seq, due_at = excluded.due_at,
    event = excluded.event, claimed_until = null
)`

/** What has this key already is asked for anew. */
const ASKED_ANEW = `on conflict (actor_id, key) do update set seq = excluded.seq,
    index = excluded.index, renewed = greatest(old.renewed, excluded.renewed),
    payload = excluded.payload, owner = excluded.owner, attempt = 1, due_at = 'epoch',
    added_at = now()`

/** Connections that share a slot of the counts wait for each other; a process has two that commit. */
const COUNT_SLOTS = 64

// One statement: dedupe, version fence, snapshot, journal, effects, timers. The actor rows decide;
// everything else follows from the rows that were accepted, so a conflict skips only its own step.
// Rows are locked in the order of actors and keys, as by whoever else locks several: else two statements
// could wait for each other, a second long, until the server refuses one of them.
// Without timers it leaves out what is done to them: each part of the statement costs the server its
// preparation, every time, and most steps set none.
const commitText = ({ withTimers }: { withTimers: boolean }): string => `
with step as materialized (
  select * from unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::bigint[], $6::text[],
    $7::text[], ${jsons(8)}, ${jsons(9)})
    as s (id, machine, machine_version, expected, next, status, state, snapshot, timers)
), entry as materialized (
  select * from unnest($10::text[], $11::bigint[], $12::text[], $13::float8[], ${jsons(14)},
    $15::text[], ${jsons(16)}, ${jsons(17)})
    as e (actor_id, seq, key, at, event, state, effects, checkpoint)
), effect as materialized (
  select * from unnest($18::text[], $19::text[], $20::text[], $21::bigint[], $22::int[], $23::bigint[],
    ${jsons(24)})
    as f (actor_id, key, type, seq, index, renewed, payload)
), known as materialized (
  select j.actor_id, j.key from entry e
    join journal j on j.actor_id = e.actor_id and j.key = e.key
), updated as (
  update actors a set machine = s.machine, machine_version = s.machine_version, version = s.next,
    status = s.status, state = s.state, snapshot = s.snapshot::jsonb, timers = s.timers::jsonb,
    updated_at = now()
  from step s join actors old on old.id = s.id
  where a.id = s.id and a.version = s.expected and s.expected > 0
    and not exists (select from known k where k.actor_id = s.id)
  returning a.id, a.machine, old.state as was, a.state
), created as (
  insert into actors (id, machine, machine_version, version, status, state, snapshot, timers)
  select s.id, s.machine, s.machine_version, s.next, s.status, s.state, s.snapshot::jsonb,
    s.timers::jsonb
  from step s
  where s.expected = 0 and not exists (select from known k where k.actor_id = s.id)
  on conflict (id) do nothing
  returning id, machine, null::text as was, state
), moved as (
  select * from updated where was <> state union all select * from created
), counted as (
  insert into state_counts (machine, state, slot, count)
  select machine, state, pg_backend_pid() % ${COUNT_SLOTS}, sum(n) from (
    select machine, state, 1 as n from moved
    union all select machine, was, -1 from moved where was is not null
  ) m group by machine, state having sum(n) <> 0 order by machine, state
  on conflict (machine, state, slot) do update set count = state_counts.count + excluded.count
), accepted as materialized (
  select coalesce(jsonb_object_agg(id, true), '{}') as ids
  from (select id from updated union all select id from created) a
), journaled as (
  insert into journal (actor_id, seq, key, at, event, state, effects, checkpoint)
  select e.actor_id, e.seq, e.key, to_timestamp(e.at / 1000), e.event::jsonb, e.state, e.effects::jsonb,
    e.checkpoint::jsonb
  from entry e where (select ids from accepted) ? e.actor_id
), wanted as (
  insert into effects as old (actor_id, key, type, seq, index, renewed, payload, owner)
  select f.actor_id, f.key, f.type, f.seq, f.index, f.renewed, f.payload::json, $25::bigint
  from effect f where (select ids from accepted) ? f.actor_id
  order by f.actor_id collate "C", f.key collate "C"
  ${ASKED_ANEW}
)${withTimers ? TIMED : ''}
select
  array(select jsonb_object_keys(ids) from accepted) as accepted,
  (select coalesce(json_agg(json_build_array(actor_id, key)), '[]') from known) as known`

export const COMMIT = commitText({ withTimers: false })
const COMMIT_WITH_TIMERS = commitText({ withTimers: true })

// The same for one step of an actor that exists, without timers: what most people do, one at a time. It
// costs the server two thirds. When it changes nothing, the statement for many says why.
const COMMIT_LONE = `
with updated as (
  update actors a set machine = $2, machine_version = $3::int, version = $5::bigint, status = $6,
    state = $7, snapshot = $8::jsonb, timers = $9::jsonb, updated_at = now()
  from actors old
  where a.id = $1 and a.version = $4::bigint and old.id = a.id
    and not exists (select from journal j where j.actor_id = $1 and j.key = any ($11::text[]))
  returning a.id, a.machine, old.state as was, a.state
), counted as (
  insert into state_counts (machine, state, slot, count)
  select u.machine, m.state, pg_backend_pid() % ${COUNT_SLOTS}, m.n
  from updated u cross join lateral (values (u.state, 1), (u.was, -1)) as m (state, n)
  where u.was <> u.state order by m.state
  on conflict (machine, state, slot) do update set count = state_counts.count + excluded.count
), journaled as (
  insert into journal (actor_id, seq, key, at, event, state, effects, checkpoint)
  select u.id, e.seq, e.key, to_timestamp(e.at / 1000), e.event::jsonb, e.state, e.effects::jsonb,
    e.checkpoint::jsonb
  from updated u cross join unnest($10::bigint[], $11::text[], $12::float8[], ${jsons(13)},
    $14::text[], ${jsons(15)}, ${jsons(16)})
    as e (seq, key, at, event, state, effects, checkpoint)
), wanted as (
  insert into effects as old (actor_id, key, type, seq, index, renewed, payload, owner)
  select u.id, f.key, f.type, f.seq, f.index, f.renewed, f.payload::json, $23::bigint
  from updated u cross join unnest($17::text[], $18::text[], $19::bigint[], $20::int[],
    $21::bigint[], ${jsons(22)})
    as f (key, type, seq, index, renewed, payload)
  order by f.key collate "C"
  ${ASKED_ANEW}
)
select id from updated`

/**
 * Commits the steps of many actors in one statement. Each actor may appear once. What is not in
 * `accepted` was not applied at all: its key is known, or another instance moved the actor first.
 * Effects are added in the name of `owner`, who runs them; null: whoever finds them runs them.
 */
export async function commitSteps(
  client: PoolClient,
  given: readonly Step[],
  owner: number | null,
): Promise<CommitOutcome> {
  const [lone] = given
  if (given.length === 1 && lone !== undefined && isPlain(lone)) {
    if (await commitLone(client, lone, owner)) {
      return { accepted: new Set([lone.actorId]), known: new Map() }
    }
  }
  const steps = given.toSorted((a, b) => (a.actorId < b.actorId ? -1 : 1))
  const values = [...stepColumns(steps), ...entryColumns(steps), ...effectColumns(steps), owner]
  const hasTimers = steps.some(({ timers, cancels }) => timers.length + cancels.length > 0)
  const { rows } = await client.query<{ accepted: string[]; known: [string, string][] }>(
    hasTimers
      ? {
          name: 'commit-steps-and-timers',
          text: COMMIT_WITH_TIMERS,
          values: [...values, ...timerColumns(steps)],
        }
      : { name: 'commit-steps', text: COMMIT, values },
  )
  const row = rows[0] as { accepted: string[]; known: [string, string][] }
  const known = new Map<string, Set<string>>()
  for (const [actorId, key] of row.known) {
    known.set(actorId, (known.get(actorId) ?? new Set()).add(key))
  }
  return { accepted: new Set(row.accepted), known }
}

const isPlain = ({ expected, timers, cancels }: Step): boolean =>
  expected > 0 && timers.length + cancels.length === 0

/** Whether the step was applied. */
async function commitLone(client: PoolClient, step: Step, owner: number | null): Promise<boolean> {
  const { actorId, machine, machineVersion, expected, entries, status, state } = step
  const next = expected + entries.length
  const [, ...entryValues] = entryColumns([step])
  const [, ...effectValues] = effectColumns([step])
  const { rowCount } = await client.query({
    name: 'commit-steps-lone',
    text: COMMIT_LONE,
    values: [
      ...[actorId, machine, machineVersion, expected, next, status, state],
      ...[step.snapshot, step.pendingTimers, ...entryValues, ...effectValues, owner],
    ],
  })
  return rowCount === 1
}

const stepColumns = (steps: readonly Step[]): unknown[] => [
  literal(steps.map((s) => s.actorId)),
  literal(steps.map((s) => s.machine)),
  numbers(steps.map((s) => s.machineVersion)),
  numbers(steps.map((s) => s.expected)),
  numbers(steps.map((s) => s.expected + s.entries.length)),
  literal(steps.map((s) => s.status)),
  literal(steps.map((s) => s.state)),
  joined(steps.map((s) => s.snapshot)),
  joined(steps.map((s) => s.pendingTimers)),
]

function entryColumns(steps: readonly Step[]): unknown[] {
  const entries = steps.flatMap((s) => s.entries)
  return [
    literal(steps.flatMap((s) => s.entries.map(() => s.actorId))),
    numbers(steps.flatMap((s) => s.entries.map((_, i) => s.expected + 1 + i))),
    literal(entries.map((e) => e.key)),
    numbers(entries.map((e) => e.at.getTime())),
    joined(entries.map((e) => e.event)),
    literal(entries.map((e) => e.state)),
    joined(entries.map((e) => e.effects)),
    joined(entries.map((e) => e.checkpoint)),
  ]
}

function effectColumns(steps: readonly Step[]): unknown[] {
  const effects = steps.flatMap((s) => s.effects)
  return [
    literal(steps.flatMap((s) => s.effects.map(() => s.actorId))),
    literal(effects.map((f) => f.key)),
    literal(effects.map((f) => f.type)),
    numbers(effects.map((f) => f.seq)),
    numbers(effects.map((f) => f.index)),
    numbers(effects.map((f) => f.renewed)),
    joined(effects.map((f) => f.payload)),
  ]
}

function timerColumns(steps: readonly Step[]): unknown[] {
  const timers = steps.flatMap((s) => s.timers)
  return [
    literal(steps.flatMap((s) => s.timers.map(() => s.actorId))),
    literal(timers.map((t) => t.id)),
    numbers(timers.map((t) => t.seq)),
    numbers(timers.map((t) => t.dueAt)),
    joined(timers.map((t) => t.event)),
    literal(steps.flatMap((s) => s.cancels.map(() => s.actorId))),
    literal(steps.flatMap((s) => s.cancels)),
  ]
}
