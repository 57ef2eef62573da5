import type { ruTemplates } from './ru-templates.ts'

/** Texts around templates. */
export const enTemplates: typeof ruTemplates = {
  templates: {
    title: '✨ <b>Ready ideas</b>',
    choose: 'Choose one and fill in your own.',
    none: 'There is nothing here yet.',
    all: '✨ All ready ideas',
    more: '✨ More ideas',
    shared: '🎁 Somebody shared this result with you. Would you like one like it?',
    ownWords: 'The author kept the words to themselves: write your own.',
    needs: 'What I need from you:',
    file: {
      image: '📎 a photo',
      video: '📎 a video',
      audio: '🎤 a voice message or a sound',
    },
    gap: '✍️ {{question}}',
    model: '🎨 Model: {{model}}',
    use: '✨ Make one like this',
    example: '👆 An example: {{title}}',
  },
  templateDesk: {
    open: '🧩 Templates',
    title: '🧩 <b>Templates</b>',
    how: 'A new one: the button “🧩 To templates” below any result of yours. ✅ everybody sees it, ⏸ it is off, 🖼 it has an example.',
    make: '🧩 To templates',
    on: '✅ Switched on',
    off: '⏸ Switched off',
    place: 'Section: {{place}}',
    hasExample: '🖼 It has an example.',
    noExample: 'It has no example yet.',
    switchOn: '✅ Switch on',
    switchOff: '⏸ Switch off',
    example: '🖼 Take my last result of this model as example',
    dropExample: '🗑 Remove the example',
    naming:
      '🧩 <b>New template</b>\nThe title in the first line (up to 40 characters), the words below it. Where people ' +
      'fill in their own, put a question in braces, up to four:\n\n' +
      '<code>🎂 Card with a name\nA card that says “{Who is it for?}”, {What is on it?}</code>\n\n' +
      'Without a second line the words stay as ordered. Photos and other files everybody sends themselves.',
    words: 'The words of the order:\n<code>{{- words}}</code>',
    placing: 'Under which section?',
    nowhere: 'Only in the whole list',
  },
}
