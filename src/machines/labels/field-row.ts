/** How an input field is called in a summary, how it is asked for, a hint; each in ru and en. */
export type FieldRow = readonly [
  nameRu: string,
  nameEn: string,
  askRu: string,
  askEn: string,
  hintRu: string,
  hintEn: string,
]
