import type { Proof } from '../api/endpoints/issue.ts'
import { proofOfMachine, type Cloud } from '../credentials/login/cloud-proof.ts'
import type { CommandContext } from './context.ts'
import { secretInput } from './secret-input.ts'

/** The variables by which the clouds' own tools are told where the metadata service is. */
const addressVariables = {
  aws: 'AWS_EC2_METADATA_SERVICE_ENDPOINT',
  azure: 'AZURE_POD_IDENTITY_AUTHORITY_HOST',
  gcp: 'GCE_METADATA_HOST',
} as const

/** A token of the cloud that somebody gives, or that the machine's own cloud gives. */
export async function machineProof(
  asked: { readonly cloud: Exclude<Cloud, 'aws'>; readonly token: string | undefined },
  context: CommandContext,
): Promise<Proof> {
  const { cloud, token } = asked
  if (token === undefined) return proofOfMachine(cloud, placeOf(cloud, context))
  const question = { text: 'Token', flag: '--token -' }
  const realm = cloud === 'azure' ? 'AzureIdentityToken' : 'GCPIdentityToken'
  return { realm, metadata: { token: await secretInput(token, { question, context }) } }
}

/** Credentials of AWS that somebody gives, or those of the machine's role. */
export async function awsProof(
  flags: {
    readonly 'access-key-id'?: string | undefined
    readonly 'secret-access-key'?: string | undefined
    readonly 'access-token'?: string | undefined
  },
  context: CommandContext,
): Promise<Proof> {
  const accessKeyID = flags['access-key-id']
  if (accessKeyID === undefined) return proofOfMachine('aws', placeOf('aws', context))
  const ask = (name: 'secret-access-key' | 'access-token', text: string) =>
    secretInput(flags[name], { question: { text, flag: `--${name}` }, context })
  const secretAccessKey = await ask('secret-access-key', 'Secret access key')
  const token = await ask('access-token', 'Session token')
  return { realm: 'AWSSecurityToken', metadata: { accessKeyID, secretAccessKey, token } }
}

/** Google's variable holds a host, the others an address. */
function placeOf(cloud: Cloud, { environment, signal }: CommandContext) {
  const said = environment.env[addressVariables[cloud]] ?? ''
  if (said === '') return { signal }
  return { signal, origin: said.includes('://') ? said : `http://${said}` }
}
