import type { ruSupport } from './ru-support.ts'

/** Words of support. */
export const enSupport: typeof ruSupport = {
  open: '🛟 Write to support',
  title: '🛟 <b>Support</b>',
  ask:
    'Tell us what happened: in several messages if you like, with photos and files. If it is about an order, ' +
    'pick it with a button. A person will answer right here.',
  waiting: '⏳ We have your question. We will answer here as soon as we can; you may add more.',
  answered: '💬 You got an answer ({{name}}), it is above. If there is anything else, just write.',
  about: '📎 With your message we will see the order: {{- order}}',
  direct: 'You can also write directly: {{support}}',
  close: '✅ It is solved',
  answer: '💬 <b>{{name}}</b>, support:',
  reply: '✍️ Reply',
  solved: '✅ {{name}} (support): this is solved. If it is not, use /support and we go on.',
  desk: {
    from: '🛟 <b>{{- name}}</b> · <code>{{user}}</code> · {{language}}',
    order: '📎 {{- order}}',
    done: '✅ Solved',
    solvedByUser: '✅ The user says that it is solved.',
    solvedByStaff: '✅ Closed by {{name}}. A new message opens it again.',
    unreachable: '🔕 The answer did not arrive: the user has stopped the bot.',
    notStaff: 'Only those named in the bot’s settings can answer.',
    ok: 'Done',
  },
}
