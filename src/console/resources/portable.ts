import { policies } from './policies.ts'

/** What exports and imports carry, in the order in which it is made. */
export const portable = policies.filter((resource) => resource.portable === true)
