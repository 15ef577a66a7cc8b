import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestClouds } from './test-clouds.ts'

/** The metadata services of the three clouds on one machine, each as its cloud documents it. */
export interface TestMetadata {
  readonly origin: string
  /** The variables that send the clouds' own tools here, and apoctl. */
  readonly env: Readonly<Record<string, string>>
  close(): void
}

export async function startTestMetadata(clouds: TestClouds): Promise<TestMetadata> {
  const server = createServer((request, response) => void answer(request, { response, clouds }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const origin = `http://${host}`
  return {
    origin,
    env: {
      AWS_EC2_METADATA_SERVICE_ENDPOINT: origin,
      AZURE_POD_IDENTITY_AUTHORITY_HOST: origin,
      GCE_METADATA_HOST: host,
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

const roles = '/latest/meta-data/iam/security-credentials/'

async function answer(
  { method, url, headers }: IncomingMessage,
  { response, clouds }: { readonly response: ServerResponse; readonly clouds: TestClouds },
): Promise<void> {
  const say = (status: number, text: string, more = {}): void =>
    void response.writeHead(status, more).end(text)
  if (method === 'PUT' && url === '/latest/api/token') {
    say(headers['x-aws-ec2-metadata-token-ttl-seconds'] === undefined ? 400 : 200, 'session==')
  } else if (url?.startsWith(roles) === true) {
    if (headers['x-aws-ec2-metadata-token'] !== 'session==') {
      say(401, '')
      return
    }
    const { accessKeyID: AccessKeyId, secretAccessKey: SecretAccessKey, token: Token } = clouds.aws
    say(200, url === roles ? 'web' : JSON.stringify({ Code: 'Success', AccessKeyId, SecretAccessKey, Token }))
  } else if (url?.startsWith('/metadata/identity/oauth2/token?') === true) {
    const query = new URL(url, 'http://metadata').searchParams
    if (headers['metadata'] !== 'true' || query.get('resource') !== 'https://management.azure.com') {
      say(400, '{}')
      return
    }
    say(200, JSON.stringify({ access_token: await clouds.azure.sign(clouds.azureClaims()) }))
  } else if (url?.startsWith('/computeMetadata/v1/instance/service-accounts/default/identity?') === true) {
    const query = new URL(url, 'http://metadata').searchParams
    if (headers['metadata-flavor'] !== 'Google' || query.get('format') !== 'full') {
      say(403, '')
      return
    }
    const aud = query.get('audience') ?? ''
    say(200, await clouds.google.sign(clouds.googleClaims({ aud })), { 'Metadata-Flavor': 'Google' })
  } else {
    say(404, '')
  }
}
