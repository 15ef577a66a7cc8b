import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { readAwsRoleCredentials } from '../../../src/lib/cloud-metadata/aws.ts'
import { readAzureIdentityToken } from '../../../src/lib/cloud-metadata/azure.ts'
import { readGcpIdentityToken } from '../../../src/lib/cloud-metadata/gcp.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

type Handler = (request: IncomingMessage, response: ServerResponse) => void

async function serve(handler: Handler) {
  const server = createServer(handler)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, signal: new AbortController().signal }
}
const answer = (response: ServerResponse, status: number, text = '', headers = {}) =>
  response.writeHead(status, headers).end(text)

/** EC2 as its guide describes it; with sessions required, optional or unknown. */
function ec2(options: {
  readonly sessions: 'required' | 'unknown' | 'silent'
  readonly role?: string
}): Handler {
  const roles = '/latest/meta-data/iam/security-credentials/'
  return (request, response) => {
    const { method, url, headers } = request
    if (method === 'PUT' && url === '/latest/api/token') {
      if (options.sessions === 'silent') return
      if (options.sessions === 'unknown') return answer(response, 405)
      return answer(response, headers['x-aws-ec2-metadata-token-ttl-seconds'] ? 200 : 400, 'session==')
    }
    if (options.sessions === 'required' && headers['x-aws-ec2-metadata-token'] !== 'session==')
      return answer(response, 401)
    if (options.role === undefined) return answer(response, 404)
    if (url === roles) return answer(response, 200, options.role)
    if (url !== roles + options.role) return answer(response, 404)
    const credentials = { Code: 'Success', AccessKeyId: 'ASIA1', SecretAccessKey: 'sak', Token: 'st' }
    return answer(response, 200, JSON.stringify(credentials))
  }
}

describe('the metadata service of AWS', () => {
  it.each(['required', 'unknown', 'silent'] as const)(
    'gives the credentials of the role where sessions are %s',
    async (sessions) => {
      const found = await readAwsRoleCredentials(await serve(ec2({ sessions, role: 'web' })))
      expect(found).toMatchObject({ role: 'web', accessKeyId: 'ASIA1' })
      expect(found.secretAccessKey.reveal()).toBe('sak')
      expect(found.sessionToken.reveal()).toBe('st')
    },
  )

  it('says when the machine has no role', async () => {
    const place = await serve(ec2({ sessions: 'required' }))
    await expect(readAwsRoleCredentials(place)).rejects.toMatchObject({ code: 'APO-CLOUD-IDENTITY' })
  })

  it('does not take a page of something else for a role', async () => {
    const place = await serve((_, response) => answer(response, 200, '<html>\nlogin</html>'))
    await expect(readAwsRoleCredentials(place)).rejects.toMatchObject({ code: 'APO-CLOUD-METADATA' })
  })
})

describe('the metadata service of Azure', () => {
  const azure: Handler = ({ url, headers }, response) => {
    const wanted =
      '/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com'
    if (url !== wanted || headers['metadata'] !== 'true') return answer(response, 403)
    return answer(response, 200, JSON.stringify({ access_token: 'a.b.c', expires_in: '3599' }))
  }

  it('gives a token of the identity', async () => {
    expect((await readAzureIdentityToken(await serve(azure))).reveal()).toBe('a.b.c')
  })

  it('says when the machine has no identity', async () => {
    const place = await serve((_, response) => answer(response, 400, '{"error":"invalid_request"}'))
    await expect(readAzureIdentityToken(place)).rejects.toMatchObject({ code: 'APO-CLOUD-IDENTITY' })
  })

  it.each(['', '[]', '{"access_token": 7}', '{"access_token": ""}', 'x'.repeat(70_000)])(
    'is not anything that answers: %.20s',
    async (text) => {
      const place = await serve((_, response) => answer(response, 200, text))
      await expect(readAzureIdentityToken(place)).rejects.toMatchObject({ code: 'APO-CLOUD-METADATA' })
    },
  )
})

describe('the metadata service of Google Cloud', () => {
  const google: Handler = ({ url, headers }, response) => {
    const wanted =
      '/computeMetadata/v1/instance/service-accounts/default/identity?audience=aporeto&format=full'
    const good = url === wanted && headers['metadata-flavor'] === 'Google'
    return answer(response, good ? 200 : 403, good ? 'h.p.s\n' : '', { 'Metadata-Flavor': 'Google' })
  }

  it('gives a token that says which machine this is', async () => {
    expect((await readGcpIdentityToken(await serve(google))).reveal()).toBe('h.p.s')
  })

  it('says when the machine has no service account', async () => {
    const place = await serve((_, response) => answer(response, 404, '', { 'Metadata-Flavor': 'Google' }))
    await expect(readGcpIdentityToken(place)).rejects.toMatchObject({ code: 'APO-CLOUD-IDENTITY' })
  })

  it('says of itself that it is one', async () => {
    const place = await serve((_, response) => answer(response, 200, 'h.p.s'))
    await expect(readGcpIdentityToken(place)).rejects.toMatchObject({ code: 'APO-CLOUD-METADATA' })
  })
})

describe('any metadata service', () => {
  it('is not there when nothing listens', async () => {
    const place = { origin: 'http://127.0.0.1:1', signal: new AbortController().signal }
    for (const read of [readAwsRoleCredentials, readAzureIdentityToken, readGcpIdentityToken])
      await expect(read(place)).rejects.toMatchObject({ code: 'APO-CLOUD-METADATA', exitCode: 4 })
  })

  it('is not waited for once the run is interrupted', async () => {
    const controller = new AbortController()
    const place = await serve(() => controller.abort(new Error('interrupted')))
    await expect(readAzureIdentityToken({ ...place, signal: controller.signal })).rejects.toThrow(
      'interrupted',
    )
  })
})
