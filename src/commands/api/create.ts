import { Args, Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectConsole } from '../../lib/cli/connect-console.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { createdObjectPresentation } from '../../lib/output/views/created-object-view.ts'
import { createObject } from '../../lib/queries/create-object.ts'

export default class ApiCreate extends ApoctlCommand {
  static override readonly summary = 'Create an object on the Console.'
  static override readonly description = 'Prints the ID of the new object, or all of it with --output json.'
  static override readonly examples = [
    `<%= config.bin %> api create namespace --namespace / --data '{"name": "acme"}'`,
    `<%= config.bin %> api create ns -n /acme -d '{"name": "production", "description": "All that serves"}' -o json`,
  ]
  static override readonly args = {
    resource: Args.string({ description: 'Kind of object: namespace, appcredential, …', required: true }),
  }
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'none']),
    ...consoleFlags,
    data: Flags.string({ char: 'd', summary: 'The object, as JSON.', helpValue: 'JSON', required: true }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ApiCreate)
    const context = await this.context(flags)
    const { client, namespace } = await connectConsole(flags, context)
    const options = { resource: args.resource, namespace, data: flags.data }
    const report = await createObject(options, { console: client, signal: context.signal })
    await this.present({ report, flags }, createdObjectPresentation)
  }
}
