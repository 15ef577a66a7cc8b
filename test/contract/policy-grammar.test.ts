import { describe, expect, it } from 'vitest'
import { externalNetwork } from '../../src/contract/entities/policies/external-network.ts'
import { enforcerProfile } from '../../src/contract/entities/policies/enforcer-profile.ts'
import { networkRuleSetPolicy } from '../../src/contract/entities/policies/network-rule-set-policy.ts'
import { decodeWhole } from '../../src/contract/entity/decode.ts'
import type { EntityDefinition } from '../../src/contract/entity/definition.ts'
import { validateObject } from '../../src/contract/entity/validate.ts'
import { parseNetworkSet } from '../../src/contract/network-set.ts'
import { parseServicePort } from '../../src/contract/service-ports.ts'

function complaints(definition: EntityDefinition, body: object): readonly string[] {
  const object = decodeWhole(definition, { name: 'x', ...body })
  if (!object.ok) throw new Error(object.problem)
  return validateObject(definition, object.value).map(({ description }) => description)
}

describe('a service port', () => {
  it.each([
    ['any', { kind: 'any' }],
    ['ANY', { kind: 'any' }],
    ['tcp/443', { kind: 'ports', protocol: 6, ports: [{ from: 443, to: 443 }] }],
    ['UDP/53:60', { kind: 'ports', protocol: 17, ports: [{ from: 53, to: 60 }] }],
    [
      'tcp/80,443:445',
      {
        kind: 'ports',
        protocol: 6,
        ports: [
          { from: 80, to: 80 },
          { from: 443, to: 445 },
        ],
      },
    ],
    ['icmp', { kind: 'icmp', protocol: 1, codes: [] }],
    ['icmp/8', { kind: 'icmp', protocol: 1, type: 8, codes: [] }],
    [
      'icmp6/1/0,3:5',
      {
        kind: 'icmp',
        protocol: 58,
        type: 1,
        codes: [
          { from: 0, to: 0 },
          { from: 3, to: 5 },
        ],
      },
    ],
    ['ipv6-icmp/128/0', { kind: 'icmp', protocol: 58, type: 128, codes: [{ from: 0, to: 0 }] }],
    ['gre', { kind: 'protocol', protocol: 47 }],
    ['SCTP', { kind: 'protocol', protocol: 132 }],
    ['a/n', { kind: 'protocol', protocol: 107 }],
  ])('reads %s', (text, expected) => {
    expect(parseServicePort(text)).toEqual({ ok: true, value: expected })
  })

  it.each([
    ['tcp', "Protocol 'TCP' cannot be used without ports"],
    ['tcp/', "'' must be a port (xxx) or port range (xxx:yyy)"],
    ['tcp/70000', "'70000' must be between 0 and 65535"],
    ['tcp/9:8', "'9:8' left bound is greater than or equal to right bound"],
    ['sctp/80', "Protocol 'SCTP' cannot be used with ports"],
    ['icmp/', "Protocol 'ICMP' has missing type/code information"],
    ['icmp/256', "Protocol 'ICMP' has invalid type notation: '256' should be between 0 and 255"],
    ['icmp/8/x', "Protocol 'ICMP' has invalid type notation: 'x' is not a valid number"],
    ['icmp/8/5:5', "Protocol 'ICMP' has invalid code range order"],
    ['dance/1', "'DANCE' is not a valid protocol"],
    ['-', "'-' is not a valid protocol"],
    ['', "'' is not a valid protocol"],
  ])('refuses %s', (text, problem) => {
    expect(parseServicePort(text)).toEqual({ ok: false, problem })
  })
})

describe('a set of networks', () => {
  it.each([
    [['10.0.0.0/8', '!10.1.0.0/16', '!10.2.3.4/32']],
    [['::/0', '!fd00::/8', '!2001:db8::1/128']],
    [['0.0.0.0/0', '!192.168.0.0/16', '192.168.1.0/24']],
    [['::ffff:10.0.0.0/104']],
    [[]],
  ])('takes %j', (texts) => {
    expect(parseNetworkSet(texts).ok).toBe(true)
  })

  it.each([
    [['10.0.0.0'], '10.0.0.0 is not a valid CIDR'],
    [['!'], '! is not a valid CIDR'],
    [['10.0.0.0/33'], '10.0.0.0/33 is not a valid CIDR'],
    [['10.0.0.0/8', '10.1.2.3/8'], 'CIDR subnet parsed from 10.1.2.3/8 is duplicated'],
    [['fd00::/8', '!fd12:0:0::/8'], 'CIDR subnet parsed from !fd12:0:0::/8 is duplicated'],
    [['10.0.0.0/8', '!11.0.0.0/16'], '!11.0.0.0/16 is not contained in any CIDR'],
    [['!10.0.0.0/8', '10.1.0.0/16'], '!10.0.0.0/8 is not contained in any CIDR'],
    [['::/0', '!10.0.0.0/8'], '!10.0.0.0/8 is not contained in any CIDR'],
  ])('refuses %j', (texts, problem) => {
    expect(parseNetworkSet(texts)).toEqual({ ok: false, problem })
  })
})

describe('an external network', () => {
  it.each([
    [['10.0.0.0/8', '!10.1.0.0/16']],
    [['www.example.com', '*.example.com', '_srv._tcp.example.com.']],
  ])('takes %j', (entries) => {
    expect(complaints(externalNetwork, { entries, servicePorts: ['tcp/443', 'udp/53'] })).toEqual([])
  })

  it.each([
    [{ entries: ['a b'] }, 'a b is not a valid CIDR'],
    [{ entries: ['*'] }, '* is not a valid CIDR'],
    [{ servicePorts: ['tcp/443', 'TCP/443'] }, "duplicate port: 'TCP/443'"],
    [{ servicePorts: ['any', 'tcp/443'] }, "Protocol 'any' cannot be used with other protocols"],
    [{ servicePorts: ['tcp/x'] }, "Attribute 'servicePorts' must be a port (xxx) or port range (xxx:yyy)"],
    [
      { type: 'Planet' },
      "Data 'Planet' of attribute 'type' is not in list '[ENI RDSCluster RDSInstance SecurityGroup Subnet]'",
    ],
  ])('refuses %j', (part, text) => {
    expect(complaints(externalNetwork, { entries: ['10.0.0.0/8'], ...part })).toEqual([text])
  })
})

describe('a rule set', () => {
  const rule = (more: object = {}): object => ({ object: [['a=b']], protocolPorts: ['tcp/1'], ...more })
  const good = { subject: [['$identity=processingunit'], ['a=b', 'c=d']], incomingRules: [rule()] }

  it('is fine with rules that differ in something', () => {
    const rules = [
      rule(),
      rule({ action: 'Reject' }),
      rule({ protocolPorts: ['any'] }),
      rule({ object: [['c=d']] }),
    ]
    expect(complaints(networkRuleSetPolicy, { ...good, outgoingRules: rules })).toEqual([])
  })

  it.each([
    [{ subject: [] }, 'Expression must contain at least one sub-expression'],
    [{ subject: [[]] }, 'Sub-expression must not be empty'],
    [{ subject: [['a=b', 'a=b']] }, "Duplicate tag in a sub-expression: 'a=b'"],
    [
      {
        subject: [
          ['a=b', 'c=d'],
          ['c=d', 'a=b'],
        ],
      },
      'Duplicate equivalent sub-expressions found',
    ],
    [{ subject: [['ab']] }, "'ab' must contain at least one '=' symbol separating two valid words"],
    [
      { incomingRules: [rule({ name: 'x'.repeat(17) })] },
      "Data 'xxxxxxxxxxxxxxxxx' of attribute 'name' should be less than 16 chars long",
    ],
    [{ incomingRules: [rule({ object: [] })] }, 'Expression must contain at least one sub-expression'],
    [
      { incomingRules: [rule({ action: 'Maybe' })] },
      "Data 'Maybe' of attribute 'action' is not in list '[Allow Reject]'",
    ],
    [
      {
        outgoingRules: [
          rule({ name: 'one' }),
          rule({ action: 'Reject' }),
          rule({ name: 'two', protocolPorts: ['TCP/1'] }),
        ],
      },
      'Duplicate network rules at the following indexes: [1, 3]',
    ],
  ])('refuses %j', (part, text) => {
    expect(complaints(networkRuleSetPolicy, { ...good, ...part })).toEqual([text])
  })
})

describe('an enforcer profile', () => {
  it.each([
    [{ targetNetworks: ['10.0.0.0/8', '!10.1.0.0/16'], targetUDPNetworks: ['10.0.0.0/8'] }],
    [{ targetUDPNetworks: ['0.0.0.0/0', '!224.0.0.0/4', '::/0', '!ff00::/8'] }],
    [{ syslogEndpoint: 'tls://logs.example:6514', syslogFacility: 23, ignoreExpression: [['a=b']] }],
  ])('takes %j', (body) => {
    expect(complaints(enforcerProfile, body)).toEqual([])
  })

  it.each([
    [{ targetNetworks: ['example.com'] }, 'example.com is not a valid CIDR'],
    [
      { targetUDPNetworks: ['0.0.0.0/0'] },
      'The CIDR 0.0.0.0/0 includes multicast subnets, should not be included in UDP target networks',
    ],
    [
      { targetUDPNetworks: ['224.0.1.0/24', 'ff02::/16'] },
      'The CIDR [224.0.1.0/24] are multicast subnets, should not be included in UDP target networks',
    ],
    [{ syslogEndpoint: 'logs.example' }, "Attribute 'syslogEndpoint' is not a valid syslog endpoint"],
    [{ syslogFacility: 24 }, "Data '24' of attribute 'syslogFacility' should be less than 23"],
    [{ syslogEndpointTLSClientCertificate: 'x' }, 'Unable to decode PEM number 0'],
    [{ syslogEndpointTLSServerCA: 'x' }, 'Unable to decode PEM'],
    [{ trustedCAs: ['x'] }, 'The CA 0 is not a valid CA'],
    [
      { flowReportInterval: '' },
      "Attribute 'flowReportInterval' must be valid duration (examaple: 1h or 30s)",
    ],
  ])('refuses %j', (part, text) => {
    expect(complaints(enforcerProfile, part)).toEqual([text])
  })
})
