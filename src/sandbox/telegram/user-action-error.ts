/** Something that a real app would not let the user do. */
export class UserActionError extends Error {
  public override name = 'UserActionError'
}
