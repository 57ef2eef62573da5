import type { ruPerson } from './ru-person.ts'

/** Words about a user for admins. */
export const enPerson: typeof ruPerson = {
  open: '👤 A user',
  ask: '👤 <b>Whom?</b>\nSend an id, a @name, or pass on a message of theirs.',
  title: '👤 <b>{{- name}}</b> · <code>{{user}}</code>',
  since: 'Here since {{- when}} · language {{language}}',
  blocking: '🔕 Stopped the bot',
  banned: '⛔ Banned. Reads: <i>{{- words}}</i>',
  limited: '🚦 At most {{count}} orders an hour',
  balance: '💰 Own {{own}}, given {{bonus}}, reserved {{held}}',
  paid: '💳 Paid in {{paid}}, given back {{back}}',
  orders: '🎨 Delivered {{delivered}}, failed {{failed}}',
  invites: '👥 Brought {{invited}}, of whom {{earned}} ordered',
  invitedBy: 'Came by the link of <code>{{user}}</code>',
  gone: 'There is no such user here. Send another id or name.',
  refund: '↩️ {{amount}} ({{when}})',
  redeliver: '📤 Send again ({{when}})',
  intent: {
    ban: '⛔ Ban',
    unban: '✅ Unban',
    limit: '🚦 Limit',
    adjust: '⚖️ Balance',
    refund: '↩️ Refund',
    redeliver: '📤 Send again',
    export: '📦 Data as a file',
    erase: '🗑 Erase the data',
    reconcile: '🔎 Ask again',
  },
  again: {
    reconcile: '🔎 Is it there after all? ({{when}})',
    redeliver: '📤 Send the result ({{when}})',
    refund: '↩️ Give the money back ({{when}})',
  },
  how: {
    ban: '⛔ Why? Write it in one message: the person reads these words.',
    unban: '✅ Why? The reason stays in the journal.',
    limit:
      '🚦 How many orders an hour and why, such as <code>5 complaints</code>. 0: as everybody.',
    adjust:
      '⚖️ A signed amount and the reason, such as <code>+50 long wait</code>. The person reads it.',
    refund: '↩️ Why is this order refunded? The reason stays in the journal.',
    redeliver: '📤 Why is it sent again? The reason stays in the journal.',
    export: '📦 Why is a file with all data needed? The reason is journalled; the file comes here.',
    erase:
      '🗑 Why erase all data? Orders, messages and name are gone for good, and so is what is on the balance.',
    reconcile: '🔎 Why is the provider asked again? The reason stays in the journal.',
  },
  sure: {
    ban: '❓ <b>Ban <code>{{user}}</code>?</b>',
    unban: '❓ <b>Unban <code>{{user}}</code>?</b>',
    limit: '❓ <b>Limit <code>{{user}}</code>?</b>',
    adjust: '❓ <b>Change the balance of <code>{{user}}</code>?</b>',
    refund: '❓ <b>Refund <code>{{user}}</code> for the order?</b>',
    redeliver: '❓ <b>Send the result to <code>{{user}}</code> again?</b>',
    export: '❓ <b>Gather all data of <code>{{user}}</code> in a file?</b>',
    erase: '❓ <b>Erase all data of <code>{{user}}</code> for good?</b>',
    reconcile: '❓ <b>Ask again about the order of <code>{{user}}</code>?</b>',
  },
  words: 'Words: <i>{{- words}}</i>',
  agree: '✅ Yes',
}
