import { parsed, problem, type Parsed } from '../parsed.ts'

const tagPattern = /^[^= ]+=.+/
const reserved = /^[@$+]/

export interface Tag {
  readonly key: string
  readonly value: string
}

/** Reads `key=value`; the value may contain further `=`. */
export function parseTag(text: string): Parsed<Tag> {
  const complaint = tagProblem(text)
  if (complaint !== undefined) return problem(complaint)
  const at = text.indexOf('=')
  return parsed({ key: text.slice(0, at), value: text.slice(at + 1) })
}

/** What is wrong with a tag, or undefined. Keys of the system and of metadata are fine here. */
export function tagProblem(text: string): string | undefined {
  if (!tagPattern.test(text)) {
    return `'${text}' must contain at least one '=' symbol separating two valid words`
  }
  return Buffer.byteLength(text) < 1024 ? undefined : `'${text}' must be less than 1024 bytes`
}

/** As tagProblem, for tags of users: @, $ and + are the Console's. */
export function userTagProblem(text: string): string | undefined {
  if (reserved.test(text)) return `${text} starts with an @, a $ or a + that is reserved`
  return tagProblem(text)
}

export function metadataProblem(text: string): string | undefined {
  if (!text.startsWith('@')) return `Metadata ${text} must start with an @`
  if (text.startsWith('@auth:')) return `Metadata ${text} must not start with the reserved prefix @auth:`
  return tagProblem(text)
}

export function organizationalMetadataProblem(text: string): string | undefined {
  if (!text.startsWith('@org:')) {
    return `Organizational metadata ${text} must start with the reserved prefix @org:`
  }
  return tagProblem(text)
}
