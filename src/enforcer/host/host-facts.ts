import { readFile } from 'node:fs/promises'
import { arch, hostname, networkInterfaces, release } from 'node:os'
import { join } from 'node:path'
import { deriveMachineId } from '../../contract/machine-id.ts'

/** What the enforcer knows of the machine it runs on. */
export interface HostFacts {
  /** A UUID that stays with this installation of an operating system and says nothing about it. */
  readonly machineId: string
  readonly fqdn: string
  readonly kernel: string
  readonly architecture: string
  /** ID, VERSION_ID and PRETTY_NAME of os-release; empty when it is missing. */
  readonly os: { readonly id: string; readonly version: string; readonly name: string }
  /** Networks of this host's own addresses, CIDR. */
  readonly subnets: readonly string[]
  /** The host's certificate store as one PEM text, if there is one. */
  readonly publicAuthoritiesPem: string | undefined
}

/** Where distributions keep the bundle of certificates they trust: Debian, Red Hat, SUSE, Alpine. */
const certificateStores = [
  'etc/ssl/certs/ca-certificates.crt',
  'etc/pki/tls/certs/ca-bundle.crt',
  'etc/ssl/ca-bundle.pem',
  'etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  'etc/ssl/cert.pem',
]

/** Reads the facts under `root`, `/` but in tests. What cannot be read is empty; nothing is asked of the network. */
export async function readHostFacts(root: string): Promise<HostFacts> {
  const read = (path: string) => readFile(join(root, path), 'utf8').catch(() => '')
  const name = (await read('etc/hostname')).trim() || hostname()
  const osRelease = parseOsRelease((await read('etc/os-release')) || (await read('usr/lib/os-release')))
  return {
    machineId: deriveMachineId(
      (await read('etc/machine-id')).trim() || (await read('sys/class/dmi/id/product_uuid')).trim(),
    ),
    fqdn: qualify(hostname() || name, await read('etc/hosts')),
    kernel: release(),
    architecture: arch(),
    os: {
      id: osRelease.get('ID') ?? '',
      version: osRelease.get('VERSION_ID') ?? '',
      name: osRelease.get('PRETTY_NAME') ?? '',
    },
    subnets: ownSubnets(),
    publicAuthoritiesPem: await firstStore(read),
  }
}

/** The name with its domain, as /etc/hosts has it; asking DNS could block a start without network. */
function qualify(name: string, hosts: string): string {
  if (name.includes('.')) return name
  const names = hosts.split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1))
  const line = names.find((candidates) => candidates.includes(name))
  return line?.find((candidate) => candidate.startsWith(`${name}.`)) ?? name
}

export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(/^([A-Z_]+)=(?:"([^"\n]*)"|'([^'\n]*)'|([^\s#]*))/gm)].map(
      ([, key, double, single, bare]) => [key ?? '', double ?? single ?? bare ?? ''],
    ),
  )
}

function ownSubnets(): readonly string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  const outside = addresses.filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
  return [...new Set(outside.map(({ cidr, address }) => cidr ?? address))].sort()
}

async function firstStore(read: (path: string) => Promise<string>): Promise<string | undefined> {
  for (const path of certificateStores) {
    const pem = await read(path)
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem
  }
  return undefined
}
