import type { Proof } from '../../api/endpoints/issue.ts'
import { readAwsRoleCredentials } from '../../cloud-metadata/aws.ts'
import { readAzureIdentityToken } from '../../cloud-metadata/azure.ts'
import { readGcpIdentityToken } from '../../cloud-metadata/gcp.ts'

export type Cloud = 'aws' | 'azure' | 'gcp'

/** Where the metadata service of this machine's cloud is; at its usual address when nothing is said. */
export interface MetadataContext {
  readonly origin?: string | undefined
  readonly signal: AbortSignal
}

/** What this machine's cloud says that it is. Throws APO-CLOUD-METADATA and APO-CLOUD-IDENTITY. */
export async function proofOfMachine(cloud: Cloud, context: MetadataContext): Promise<Proof> {
  switch (cloud) {
    case 'aws': {
      const { accessKeyId, secretAccessKey, sessionToken } = await readAwsRoleCredentials(context)
      const metadata = { accessKeyID: accessKeyId, secretAccessKey, token: sessionToken }
      return { realm: 'AWSSecurityToken', metadata }
    }
    case 'azure':
      return { realm: 'AzureIdentityToken', metadata: { token: await readAzureIdentityToken(context) } }
    case 'gcp':
      return { realm: 'GCPIdentityToken', metadata: { token: await readGcpIdentityToken(context) } }
    default:
      return cloud satisfies never
  }
}
