/** Somebody deleted an object of ours in the Console: it has to be made again. */
export class ObjectGone extends Error {
  override readonly name = 'ObjectGone'
  readonly what: 'enforcer' | 'processing unit'

  constructor(what: ObjectGone['what']) {
    super(`our ${what} was deleted in the Console`)
    this.what = what
  }
}
