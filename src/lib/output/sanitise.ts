/**
 * Makes text that came from another machine safe to show: escape sequences and control characters
 * go, so that a host cannot move the cursor, retitle the window or reorder what is read. Tabs and
 * newlines stay; where only one line belongs, use `sanitiseLine`.
 */
export function sanitise(text: string): string {
  return (
    text
      // Escape sequences first (CSI, OSC and other strings, two-character escapes), or their tails would stay.
      .replace(/(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]/g, '')
      .replace(
        /(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?/g,
        '',
      )
      .replace(/\u001b[ -/]*[0-~]?/g, '')
      .replace(/\r\n/g, '\n')
      // Then every control character that is left, and the marks that reorder text on screen.
      .replace(/[\u0000-\u0008\u000b-\u001f]/g, '')
      .replace(unsafeInDocuments, '')
  )
}

/** The same, on one line: a host must not forge a second line in a report of one line each. */
export function sanitiseLine(text: string): string {
  return sanitise(text)
    .replace(/\s*[\n\u2028\u2029]\s*/g, ' ')
    .trim()
}

/** What JSON and YAML leave as it is, and a terminal may still obey: DEL, C1 controls, bidirectional marks. */
export const unsafeInDocuments = /[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]/g
