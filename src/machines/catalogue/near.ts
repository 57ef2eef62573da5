/** Shorter beginnings of words must be written exactly. */
const TYPO_FROM = 6

/** Whether one letter is missing, added, wrong, or two have changed places, at most. */
export function isNear(a: string, b: string): boolean {
  if (a === b) return true
  if (Math.abs(a.length - b.length) > 1) return false
  let at = 0
  while (at < a.length && a[at] === b[at]) at += 1
  const [restA, restB] = [a.slice(at), b.slice(at)]
  const isSwapped =
    restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2)
  return (
    restA.slice(1) === restB.slice(1) ||
    restA === restB.slice(1) ||
    restA.slice(1) === restB ||
    isSwapped
  )
}

/** Whether a word begins like this, give or take a slip of the finger in what is long enough. */
export function beginsNear(word: string, stem: string, typoFrom = TYPO_FROM): boolean {
  if (word.startsWith(stem)) return true
  if (stem.length < typoFrom) return false
  return [0, 1, -1].some((d) => isNear(word.slice(0, stem.length + d), stem))
}
