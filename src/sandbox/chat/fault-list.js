/** @typedef {{ label: string, hint: string, fault: Record<string, unknown> }} FaultButton */

/**
 * What can go wrong between the bot and Telegram, in plain words. A fault without a method hits
 * every call that names a chat, so it is armed for the chat that is open: the next send of any kind.
 * @type {FaultButton[]}
 */
export const TELEGRAM_FAULTS = [
  {
    label: 'Too many requests',
    hint: 'Next send is refused: “retry in 3 s” (429)',
    fault: { kind: 'flood', retryAfter: 3 },
  },
  {
    label: 'Server error',
    hint: 'Next send fails inside Telegram (502)',
    fault: { kind: 'server-error' },
  },
  {
    label: 'No answer',
    hint: 'Next send hangs, nothing is sent',
    fault: { kind: 'hang', ms: 20_000 },
  },
  {
    label: 'Answer lost',
    hint: 'Next send arrives, the bot never hears of it',
    fault: { kind: 'reset-after' },
  },
  {
    label: 'Connection cut',
    hint: 'Next send breaks off before it arrives',
    fault: { kind: 'reset-before' },
  },
  {
    label: 'Slow',
    hint: 'Next send takes 5 seconds',
    fault: { kind: 'delay', ms: 5_000 },
  },
]

/**
 * What can go wrong between the bot and the generation service.
 * @type {FaultButton[]}
 */
export const KIE_FAULTS = [
  {
    label: 'Callback lost',
    hint: 'The result is ready, the news never comes',
    fault: { route: 'callback', kind: 'lost' },
  },
  {
    label: 'Callback doubled',
    hint: 'The news of the result comes twice',
    fault: { route: 'callback', kind: 'doubled' },
  },
  {
    label: 'Callback early',
    hint: 'It comes before the task is confirmed',
    fault: { route: 'callback', kind: 'early' },
  },
  {
    label: 'Callback forged',
    hint: 'A stranger sends a false one first',
    fault: { route: 'callback', kind: 'forged' },
  },
  {
    label: 'No credits',
    hint: 'Next task is refused: top up (402)',
    fault: { route: 'createTask', kind: 'code', code: 402, msg: 'Insufficient credits' },
  },
  {
    label: 'Slow',
    hint: 'Next task is accepted after 8 seconds',
    fault: { route: 'createTask', kind: 'delay', ms: 8_000 },
  },
  {
    label: 'Answer lost',
    hint: 'Task is created, the bot never hears its number',
    fault: { route: 'createTask', kind: 'reset-after' },
  },
  {
    label: 'Upload fails',
    hint: 'The user’s picture is not accepted (502)',
    fault: { route: 'upload', kind: 'http', status: 502 },
  },
]
