import { rootCertificates } from 'node:tls'
import { cloudAddresses } from '../../../contract/cloud-addresses.ts'
import type { IssueDraft } from '../../../contract/entities/issue.ts'
import { refuse } from '../../refused-request.ts'
import type { ConsoleWorld } from '../../world.ts'
import { createOutsideFetch, OutsideError } from '../outside-fetch.ts'
import { createAwsIdentifier } from './aws-identity.ts'
import { createAzureIdentifier } from './azure-identity.ts'
import { CloudSilent, type CloudIdentity, type CloudRealm, type Identify } from './cloud-identity.ts'
import type { CloudOptions } from './cloud-options.ts'
import { createGcpIdentifier } from './gcp-identity.ts'
import { createTurns } from './turns.ts'

/** Those who know which machine is which. */
export interface Clouds {
  /** Who the proof in a request is of; refuses with 401 what a cloud denies, with 503 when it cannot be asked. */
  identify(wanted: IssueDraft, address: string): Promise<CloudIdentity>
}

/** Clients wait as long for a token as for everything else, and most of it is theirs. */
const timeoutMs = 5000
const retryAfterSeconds = 5

export function createClouds(options: CloudOptions, world: ConsoleWorld): Clouds {
  const { awsStsUrl, gcpKeysUrl, azureAuthorityUrl, caPem } = options
  const ca = caPem === undefined ? undefined : [...rootCertificates, caPem]
  const context = { fetch: createOutsideFetch({ ca, timeoutMs }), nowMs: () => world.clock.nowMs() }
  const realms: Readonly<Record<CloudRealm, Identify>> = {
    AWSSecurityToken: createAwsIdentifier(awsStsUrl ?? cloudAddresses.awsStsUrl, context),
    GCPIdentityToken: createGcpIdentifier(gcpKeysUrl ?? cloudAddresses.gcpKeysUrl, context),
    AzureIdentityToken: createAzureIdentifier(azureAuthorityUrl ?? cloudAddresses.azureAuthorityUrl, context),
  }
  const turns = createTurns()
  return {
    identify: async (wanted, address) => {
      const realm = wanted.realm as CloudRealm
      try {
        return await turns(address, () => realms[realm](wanted))
      } catch (error) {
        if (!(error instanceof CloudSilent) && !(error instanceof OutsideError)) throw error
        world.note({ type: 'cloud-silent', realm, why: error.message })
        const text = `The cloud of realm ${realm} cannot be asked at the moment; try again`
        throw refuse(503, { text, retryAfterSeconds })
      }
    },
  }
}
