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
  timers: string
  entries: readonly Entry[]
  effects: readonly QueuedEffect[]
  /** job_key of durable timers that must not fire any more. */
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

/** A job of the effect queue, added in the same statement as the state that asks for it. */
export interface QueuedEffect {
  task: string
  payload: string
  runAt: Date | null
  jobKey: string | null
  priority: number
}

export interface CommitOutcome {
  accepted: Set<string>
  /** Keys already in the journal, per actor; such an actor's step was not applied. */
  known: Map<string, Set<string>>
}

/** Attempts left for crashes: the queue counts one each time a dead instance's job is unlocked. */
const MAX_ATTEMPTS = 100

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

/** Connections that share a slot of the counts wait for each other; a process has two that commit. */
const COUNT_SLOTS = 64

// One statement: dedupe, version fence, snapshot, journal, effects, timers. The actor rows decide;
// everything else is inserted from the rows that were accepted, so a conflict skips only its own step.
const COMMIT = `
with step as materialized (
  select * from unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::bigint[], $6::text[],
    $7::text[], ${jsons(8)}, ${jsons(9)})
    as s (id, machine, machine_version, expected, next, status, state, snapshot, timers)
), entry as materialized (
  select * from unnest($10::text[], $11::bigint[], $12::text[], $13::float8[], ${jsons(14)},
    $15::text[], ${jsons(16)}, ${jsons(17)})
    as e (actor_id, seq, key, at, event, state, effects, checkpoint)
), effect as materialized (
  select * from unnest($18::text[], $19::text[], ${jsons(20)}, $21::float8[], $22::text[],
    $23::int[])
    as f (actor_id, task, payload, run_at, job_key, priority)
), cancel as materialized (
  select * from unnest($24::text[], $25::text[]) as c (actor_id, job_key)
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
), cancelled as materialized (
  select count(graphile_worker.remove_job(c.job_key)) as n
  from cancel c where (select ids from accepted) ? c.actor_id
), spec as materialized (
  select array(
    select row(f.task, f.payload::json, null, to_timestamp(f.run_at / 1000),
      ${MAX_ATTEMPTS}::smallint, nullif(f.job_key, ''), f.priority::smallint, null
    )::graphile_worker.job_spec
    from effect f where (select ids from accepted) ? f.actor_id
  ) as specs
)
select
  array(select jsonb_object_keys(ids) from accepted) as accepted,
  (select coalesce(json_agg(json_build_array(actor_id, key)), '[]') from known) as known,
  (select n from cancelled) as cancelled,
  case when cardinality(spec.specs) > 0
    then (
      select case when count(*) = cardinality(spec.specs) then count(*) else refuse_lost_job() end
      from graphile_worker.add_jobs(spec.specs)
    ) end as queued
from spec`

/**
 * Commits the steps of many actors in one statement. Each actor may appear once. What is not in
 * `accepted` was not applied at all: its key is known, or another instance moved the actor first.
 * Fails with a serialization failure, and then changes nothing, when the queue would drop a job.
 */
export async function commitSteps(
  client: PoolClient,
  steps: readonly Step[],
): Promise<CommitOutcome> {
  const { rows } = await client.query<{ accepted: string[]; known: [string, string][] }>({
    name: 'commit-steps',
    text: COMMIT,
    values: [...stepColumns(steps), ...entryColumns(steps), ...effectColumns(steps)],
  })
  const row = rows[0] as { accepted: string[]; known: [string, string][] }
  const known = new Map<string, Set<string>>()
  for (const [actorId, key] of row.known) {
    known.set(actorId, (known.get(actorId) ?? new Set()).add(key))
  }
  return { accepted: new Set(row.accepted), known }
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
  joined(steps.map((s) => s.timers)),
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
    literal(effects.map((f) => f.task)),
    joined(effects.map((f) => f.payload)),
    numbers(effects.map((f) => f.runAt?.getTime() ?? null)),
    literal(effects.map((f) => f.jobKey ?? '')),
    numbers(effects.map((f) => f.priority)),
    literal(steps.flatMap((s) => s.cancels.map(() => s.actorId))),
    literal(steps.flatMap((s) => s.cancels)),
  ]
}
