import { resolve } from 'node:path'
import { Flags } from '@oclif/core'
import { cloudAddresses } from '../../../contract/cloud-addresses.ts'
import { serverAddressProblem } from '../../../contract/server-address.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { CommandContext } from '../context.ts'
import { readAuthorities } from '../read-authorities.ts'

const address = Flags.custom({
  helpValue: 'URL',
  helpGroup: 'CLOUDS',
  parse: (text) => Promise.resolve(parseAddress(text)),
})

/** Where a Console asks the clouds whose machines log in. */
export const cloudFlags = {
  'aws-sts-url': address({
    summary: `Where AWS says whose credentials are. Default: ${cloudAddresses.awsStsUrl}.`,
  }),
  'gcp-keys-url': address({
    summary: `Where Google publishes its keys. Default: ${cloudAddresses.gcpKeysUrl}.`,
  }),
  'azure-authority-url': address({
    summary: `Where the tenants of Azure publish theirs. Default: ${cloudAddresses.azureAuthorityUrl}.`,
  }),
  'cloud-cacert': Flags.string({
    summary: 'Certificate authority (PEM) that the clouds are trusted by, beside the public ones.',
    helpValue: 'FILE',
    helpGroup: 'CLOUDS',
  }),
}

/** What these flags parse to. */
export type CloudFlags = Readonly<Partial<Record<keyof typeof cloudFlags, string | undefined>>>

/** The flags as the Console takes them. */
export async function cloudOptionsOf(flags: CloudFlags, context: Pick<CommandContext, 'environment'>) {
  const file = flags['cloud-cacert']
  return {
    awsStsUrl: flags['aws-sts-url'],
    gcpKeysUrl: flags['gcp-keys-url'],
    azureAuthorityUrl: flags['azure-authority-url'],
    caPem: file === undefined ? undefined : await readAuthorities(file, context),
  }
}

/** The flags as words of a command line that is run from anywhere. */
export function cloudWords(
  flags: CloudFlags,
  { environment }: Pick<CommandContext, 'environment'>,
): readonly string[] {
  const file = flags['cloud-cacert']
  const absolute = file === undefined ? {} : { 'cloud-cacert': resolve(environment.workingDir, file) }
  const given = { ...flags, ...absolute }
  return Object.keys(cloudFlags).flatMap((name) => {
    const value = given[name as keyof CloudFlags]
    return value === undefined ? [] : [`--${name}`, value]
  })
}

function parseAddress(text: string): string {
  const problem = serverAddressProblem(text)
  if (problem === undefined) return text.replace(/\/+$/, '')
  throw new ApoctlError(['APO-INPUT-VALUE', problem], { hints: ['Write it as https://host/path.'] })
}
