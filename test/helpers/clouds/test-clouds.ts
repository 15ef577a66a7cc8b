import type { IncomingMessage, ServerResponse } from 'node:http'
import type { JWTPayload } from 'jose'
import type { CloudOptions } from '../../../src/console/auth/clouds/cloud-options.ts'
import { startPrivateServer } from '../private-server.ts'
import { makeSigningKeys, type SigningKeys } from './signing-keys.ts'
import { answerSts, type AwsIdentity } from './sts.ts'

/** What of the clouds a Console asks, on one server of the loopback; each as its cloud documents it. */
export interface TestClouds {
  /** How a Console is told to ask here. */
  readonly options: Readonly<Record<keyof CloudOptions, string>>
  readonly aws: AwsIdentity
  readonly google: SigningKeys
  readonly azure: SigningKeys
  readonly tenant: string
  /** Claims of a good token; changed ones that are undefined are left out. */
  googleClaims(changed?: Readonly<Record<string, unknown>>): JWTPayload
  azureClaims(changed?: Readonly<Record<string, unknown>>): JWTPayload
  /** Addresses that were asked, in order. */
  readonly asked: string[]
  /** Answers instead, until it is undefined again. */
  instead: ((request: IncomingMessage, response: ServerResponse) => void) | undefined
  close(): Promise<void>
}

const tenant = '11111111-2222-3333-4444-555555555555'

export async function startTestClouds(more: readonly AwsIdentity[] = []): Promise<TestClouds> {
  const aws: AwsIdentity = {
    accessKeyID: 'ASIAEXAMPLEEXAMPLE01',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    token: 'FwoGZXIvYXdzEXAMPLE//token+with=signs',
    account: '123456789012',
    arn: 'arn:aws:sts::123456789012:assumed-role/web/i-0123456789abcdef0',
    userId: 'AROAEXAMPLEEXAMPLE01:i-0123456789abcdef0',
  }
  const google = makeSigningKeys({ alg: 'RS256' })
  // Azure does not say with each key what it is good for.
  const azure = makeSigningKeys({})
  const asked: string[] = []
  const clouds = { instead: undefined as TestClouds['instead'] }
  const server = await startPrivateServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`)
    if (clouds.instead !== undefined) {
      clouds.instead(request, response)
      return
    }
    const documents: Readonly<Record<string, object>> = {
      '/oauth2/v3/certs': google.published,
      [`/azure/${tenant}/discovery/keys`]: azure.published,
      [`/azure/${tenant}/discovery/v2.0/keys`]: azure.published,
    }
    const document = request.method === 'GET' ? documents[request.url ?? ''] : undefined
    if (document !== undefined) {
      sendJson(response, { status: 200, body: JSON.stringify(document) })
      return
    }
    if (request.url?.startsWith('/azure/') === true) {
      const error = { error: 'invalid_tenant', error_description: 'AADSTS90002: Tenant not found' }
      sendJson(response, { status: 400, body: JSON.stringify(error) })
      return
    }
    void bodyOf(request)
      .then((body) => answerSts({ request, body }, [aws, ...more]))
      .then((answer) => sendJson(response, answer))
  })
  const now = (): number => Math.floor(Date.now() / 1000)
  return Object.assign(clouds, {
    options: {
      awsStsUrl: server.url,
      gcpKeysUrl: `${server.url}/oauth2/v3/certs`,
      azureAuthorityUrl: `${server.url}/azure`,
      caPem: server.caPem,
    },
    aws,
    google,
    azure,
    tenant,
    asked,
    close: () => server.close(),
    googleClaims: (changed = {}) => ({
      iss: 'https://accounts.google.com',
      aud: 'aporeto',
      azp: '110987294251917851298',
      sub: '110987294251917851298',
      email: '217706947495-compute@developer.gserviceaccount.com',
      email_verified: true,
      iat: now(),
      exp: now() + 3600,
      google: {
        compute_engine: {
          instance_creation_timestamp: 1731425864,
          instance_id: '3047934050210597033',
          instance_name: 'web-1',
          project_id: 'acme-prod',
          project_number: 217706947495,
          zone: 'europe-west1-b',
        },
      },
      ...changed,
    }),
    azureClaims: (changed = {}) => ({
      aud: 'https://management.azure.com',
      iss: `https://sts.windows.net/${tenant}/`,
      iat: now(),
      nbf: now(),
      exp: now() + 86_400,
      appid: 'aaaaaaaa-0000-0000-0000-000000000001',
      appidacr: '2',
      idp: `https://sts.windows.net/${tenant}/`,
      oid: 'bbbbbbbb-0000-0000-0000-000000000002',
      sub: 'bbbbbbbb-0000-0000-0000-000000000002',
      tid: tenant,
      ver: '1.0',
      xms_mirid:
        '/subscriptions/cccccccc-0000-0000-0000-000000000003/resourcegroups/Prod-RG/providers/Microsoft.Compute/virtualMachines/Web-1',
      ...changed,
    }),
  })
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function sendJson(
  response: ServerResponse,
  { status, body }: { readonly status: number; readonly body: string },
): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(body)
}
