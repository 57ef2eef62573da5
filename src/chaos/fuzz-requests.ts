import fc from 'fast-check'

/** A request as it goes over the wire. */
export interface FuzzRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What a hostile sender may know, so that requests get behind the first door. */
export interface FuzzKnowledge {
  readonly webhookPath: string
  readonly webhookToken: string
  readonly callbackToken: string
  readonly callbackPath: string
}

/** Every kind of update of the Bot API (a test holds it to its newest types), and one that nobody knows yet. */
export const UPDATE_KINDS = [
  ...['message', 'edited_message', 'channel_post', 'edited_channel_post', 'business_connection'],
  ...['business_message', 'edited_business_message', 'deleted_business_messages'],
  ...['message_reaction', 'message_reaction_count', 'inline_query', 'chosen_inline_result'],
  ...['callback_query', 'shipping_query', 'pre_checkout_query', 'purchased_paid_media', 'poll'],
  ...['poll_answer', 'my_chat_member', 'chat_member', 'chat_join_request', 'chat_boost'],
  ...['removed_chat_boost', 'managed_bot', 'guest_message', 'stopped_message_generation'],
  ...['subscription', 'something_of_tomorrow'],
] as const

const PARTS = [
  ...['photo', 'document', 'video', 'voice', 'audio', 'animation', 'sticker', 'video_note'],
  ...['contact', 'location', 'venue', 'dice', 'poll', 'story', 'paid_media', 'gift', 'checklist'],
  ...['successful_payment', 'refunded_payment', 'web_app_data', 'new_chat_members'],
  ...['left_chat_member', 'pinned_message', 'forward_origin', 'reply_to_message', 'quote'],
  ...['media_group_id', 'message_thread_id', 'entities', 'suggested_post_info', 'via_bot'],
] as const

const odd = fc.constantFrom<unknown>(
  ...[null, true, '', ' ', 0, -1, 1e308, 2 ** 53, -(2 ** 53), '\0', '\ud800', [], {}, [null]],
)
const id = fc.oneof(
  fc.integer({ min: 1, max: 5_000 }),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -1, 2 ** 31, 2 ** 52, -1_001_234_567_890),
)
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 5_000 }),
  fc.constantFrom('/start', '/start m_z-image', '/menu@bot', '/cancel', '/admin', '⁣', '\0', '/'),
  fc.constantFrom('\ud83d', 'x'.repeat(70_000), '<b>&lt;', '{{count}}', "'; drop table users --"),
)
const chat = fc.record({
  id,
  type: fc.constantFrom('private', 'private', 'group', 'supergroup', 'channel', 'sender', ''),
})
const user = fc.record(
  {
    id,
    is_bot: fc.boolean(),
    first_name: text,
    language_code: fc.constantFrom('ru', 'en', '', 'x'),
  },
  { requiredKeys: ['id'] },
)
const file = fc.record(
  {
    file_id: text,
    file_unique_id: text,
    file_size: id,
    mime_type: text,
    file_name: text,
    duration: id,
    width: id,
    height: id,
  },
  { requiredKeys: ['file_id'] },
)
const payment = fc.record({
  currency: fc.constantFrom('XTR', 'USD', ''),
  total_amount: id,
  invoice_payload: text,
  telegram_payment_charge_id: text,
  provider_payment_charge_id: text,
})
const message = fc
  .tuple(
    fc.record(
      { message_id: id, date: id, chat, from: user, text, caption: text },
      { requiredKeys: ['message_id', 'chat'] },
    ),
    fc.dictionary(
      fc.constantFrom(...PARTS),
      fc.oneof(file, fc.array(file, { maxLength: 3 }), payment, text, odd),
      {
        maxKeys: 3,
      },
    ),
  )
  .map(([plain, parts]) => ({ ...plain, ...parts }))
const query = fc.record(
  {
    id: text,
    from: user,
    message,
    chat_instance: text,
    data: text,
    currency: fc.constantFrom('XTR', 'USD'),
    total_amount: id,
    invoice_payload: text,
    query: text,
    offset: text,
  },
  { requiredKeys: ['id', 'from'] },
)
const content = fc.oneof(
  { arbitrary: message, weight: 4 },
  { arbitrary: query, weight: 3 },
  { arbitrary: fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>, weight: 1 },
  { arbitrary: odd, weight: 1 },
)
const update = fc
  .tuple(id, fc.constantFrom(...UPDATE_KINDS), content)
  .map(([updateId, kind, of]) => ({ update_id: updateId, [kind]: of }))

/** What is no update, and what is no JSON. */
const nonsense = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '{', 'null', '[]', '"x"', '{"update_id":', '['.repeat(20_000)),
)

/** Callbacks of all families of the provider, whole and broken. */
const callback = fc.record(
  {
    code: fc.oneof(id, odd),
    msg: text,
    taskId: text,
    data: fc.oneof(
      fc.record(
        {
          taskId: text,
          task_id: text,
          state: fc.constantFrom('success', 'fail', 'waiting', 'x'),
          resultJson: fc.oneof(fc.json({ maxDepth: 2 }), text),
          failCode: fc.oneof(text, id),
          failMsg: text,
          creditsConsumed: fc.oneof(id, odd),
          callbackType: fc.constantFrom('text', 'first', 'complete', 'error'),
          info: fc.record({ resultUrls: fc.oneof(fc.array(text, { maxLength: 3 }), text, odd) }),
          data: fc.array(fc.record({ audio_url: text, id: text, duration: id }), { maxLength: 3 }),
        },
        { requiredKeys: [] },
      ),
      fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>,
    ),
  },
  { requiredKeys: [] },
)

const CONSOLE = [
  ...['session', 'login', 'logout', 'actions', 'overview', 'actors', 'machines', 'jobs', 'ledger'],
  ...['dead-letters', 'updates', 'live', 'fork', 'reveal', 'search', 'states', 'sandbox'],
]
const segment = fc.oneof(
  fc.constantFrom(
    ...CONSOLE,
    '..',
    '%2e%2e',
    '%00',
    'a'.repeat(3_000),
    'job:1',
    'conversation:1:1',
  ),
  fc.webSegment(),
)
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'] as const

const JSON_TYPE = { 'content-type': 'application/json' }

/** Requests of all routes: most behind the door, some in front of it. */
export function fuzzRequests(known: FuzzKnowledge): fc.Arbitrary<FuzzRequest> {
  const telegram = (body: fc.Arbitrary<string>) =>
    body.map((of) => ({
      method: 'POST',
      path: `/webhook/${known.webhookPath}`,
      headers: { ...JSON_TYPE, 'x-telegram-bot-api-secret-token': known.webhookToken },
      body: of,
    }))
  const json = <T>(of: fc.Arbitrary<T>) => of.map((value) => JSON.stringify(value) ?? 'null')
  const provider = fc
    .tuple(json(callback), fc.boolean(), fc.webSegment())
    .map(([body, proven, job]) => ({
      method: 'POST',
      path: `/${known.callbackPath}?job=${job}&sig=${job}`,
      headers: {
        ...JSON_TYPE,
        ...(proven ? { 'x-kie-callback-token': known.callbackToken } : {}),
      },
      body,
    }))
  const anywhere = fc
    .tuple(
      fc.constantFrom(...METHODS),
      fc.constantFrom('', 'console/', 'console/api/', 'webhook/', `${known.callbackPath}/`),
      fc.array(segment, { maxLength: 3 }),
      fc.webQueryParameters(),
      fc.oneof(nonsense, json(fc.jsonValue({ maxDepth: 2 }))),
    )
    .map(([method, root, segments, search, body]) => ({
      ...{ method, headers: JSON_TYPE, body: method === 'GET' || method === 'HEAD' ? '' : body },
      path: `/${root}${segments.join('/')}?${search}`,
    }))
  return fc.oneof(
    { arbitrary: telegram(json(update)), weight: 6 },
    { arbitrary: telegram(nonsense), weight: 1 },
    { arbitrary: provider, weight: 2 },
    { arbitrary: anywhere, weight: 2 },
  )
}
