/**
 * Makes text that came from another machine safe to show: escape sequences and control characters
 * go, so that a host cannot move the cursor, retitle the window or forge a line. Tabs and newlines stay.
 */
export function sanitise(text: string): string {
  return (
    text
      // Escape sequences first (CSI, OSC and other strings, two-character escapes), or their tails would stay.
      .replace(/(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]/g, '')
      .replace(/\u001b[\]PX^_][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?/g, '')
      .replace(/\u001b[ -/]*[0-~]?/g, '')
      .replace(/\r\n/g, '\n')
      // Then every control character that is left, and the marks that reorder text on screen.
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
  )
}
