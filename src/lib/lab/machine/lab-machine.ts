/** What a tool did. A non-zero exit is a result, not an error. */
export interface ToolResult {
  /** Exit status; `null` when a signal ended it or it could not be started. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface ToolOptions {
  readonly stdin?: string
  readonly signal?: AbortSignal
  /** The tool and its children are ended after this long. */
  readonly timeoutMs: number
}

export interface DetachedTool {
  readonly argv: readonly [tool: string, ...args: string[]]
  readonly directory: string
  /** The whole environment; nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>
  /** Where its output goes. */
  readonly log: string
}

/** The machine that carries the lab, as far as tools go. Files are read and written directly. */
export interface LabMachine {
  /** `linux`, `darwin`, … */
  readonly platform: string
  /** Numeric ID of the user; 0 is root. */
  readonly userId: number
  /** Whether a tool of this name is installed. */
  has(tool: string): Promise<boolean>
  run(argv: readonly [tool: string, ...args: string[]], options: ToolOptions): Promise<ToolResult>
  /** Starts a tool that outlives this process, in a session of its own. */
  startDetached(tool: DetachedTool): Promise<void>
}
