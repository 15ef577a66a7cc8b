import fc from 'fast-check'

/**
 * Configurations at random, from all that the keywords we use may be given, right and wrong, in every way
 * a line can be written. Left out is what versions of OpenSSH differ in: ProxyCommand after ProxyJump none,
 * tokens and signs in User, `%C` behind a jump host, blanks around the `=` of a condition.
 */

const names = ['web1', 'web2', 'Web1', 'db', 'db.example.com', 'a.b', '10.0.0.1', '::1', 'x']
export const anyHost: fc.Arbitrary<string> = fc.constantFrom(...names, '2001:DB8::1', '127.1')

const pattern = fc.oneof(
  fc.constantFrom(...names),
  fc
    .tuple(
      fc.constantFrom('', '', '', '!'),
      fc.constantFrom('*', 'w', 'web', 'd', 'W', '10.0.'),
      fc.constantFrom('*', '?', '1', '*.com', '.example.*', '?b*', '**'),
    )
    .map((parts) => parts.join('')),
)
const path = fc
  .tuple(
    fc.constantFrom('/k/', '~/', '/a b/', './'),
    fc.array(
      fc.constantFrom(
        '%h',
        '%n',
        '%p',
        '%r',
        '%u',
        '%d',
        '%i',
        '%k',
        '%L',
        '%l',
        '%%',
        'x',
        '${APOCTL_TEST}',
      ),
      {
        maxLength: 3,
      },
    ),
  )
  .map(([base, parts]) => base + parts.join('-'))

const flag = fc.constantFrom('yes', 'no', 'Yes', 'TRUE', 'false')
const time = fc.constantFrom('0', '1', '30', '1m', '1h30', '2D', 'none')
const count = fc.constantFrom('1', '2', '03', '10')
const list = (items: readonly string[]) =>
  fc
    .tuple(
      fc.constantFrom('', '', '+', '-', '^'),
      fc.array(fc.constantFrom(...items), { minLength: 1, maxLength: 4 }),
    )
    .map(([sign, some]) => sign + some.join(','))
const hop = fc
  .tuple(
    fc.constantFrom('', 'bob@', 'a@b@'),
    fc.constantFrom('j1', 'j2.example', '[::1]', 'h-%h'),
    fc.constantFrom('', ':22', ':2200'),
  )
  .map((parts) => parts.join(''))

/** Values that are right, by keyword. */
const values: Readonly<Record<string, fc.Arbitrary<string>>> = {
  AddressFamily: fc.constantFrom('inet', 'inet6', 'any', 'ANY'),
  BindAddress: fc.constantFrom('10.0.0.9', '::', 'host'),
  BindInterface: fc.constantFrom('lo', 'eth0'),
  CanonicalDomains: fc.constantFrom('none', 'a.invalid', 'B.invalid. c_d.invalid'),
  CanonicalizeMaxDots: count,
  CertificateFile: path,
  ChallengeResponseAuthentication: flag,
  CheckHostIP: flag,
  Ciphers: list(['aes128-ctr', 'aes256-gcm@openssh.com', 'aes128-cbc', 'chacha20-poly1305@openssh.com']),
  Compression: fc.constantFrom('yes', 'no', 'YES'),
  ConnectionAttempts: count,
  ConnectTimeout: time,
  GlobalKnownHostsFile: fc.constantFrom('none', '/g', '/g /h', '~/g'),
  HashKnownHosts: flag,
  HostKeyAlgorithms: list(['ssh-ed25519', 'ssh-rsa', 'rsa-sha2-512', 'ecdsa-*', '*cert*']),
  HostKeyAlias: fc.constantFrom('alias', 'Alias.Example'),
  HostName: fc.constantFrom('%h', '%h.example.com', 'Real.Example.COM', '10.0.0.1', '::0001', '%%x'),
  IdentitiesOnly: flag,
  IdentityAgent: fc.oneof(path, fc.constantFrom('none', 'SSH_AUTH_SOCK', '$APOCTL_TEST')),
  IdentityFile: fc.oneof(path, fc.constant('none')),
  IgnoreUnknown: fc.constantFrom('Foo', 'foo,bar', '*o', 'B*'),
  KbdInteractiveAuthentication: flag,
  KexAlgorithms: list(['curve25519-sha256', 'ecdh-sha2-nistp256', 'diffie-hellman-group14-sha1']),
  KnownHostsCommand: fc.constantFrom('none', '/usr/bin/true %H'),
  MACs: list(['hmac-sha2-256', 'hmac-sha1', 'umac-64@openssh.com', 'hmac-md5']),
  NoHostAuthenticationForLocalhost: flag,
  PasswordAuthentication: flag,
  Port: fc.constantFrom('22', '2200', '65535', '022'),
  PreferredAuthentications: fc.constantFrom('publickey', 'password,publickey'),
  ProxyCommand: fc.constantFrom('nc %h %p', 'none', 'NONE', 'ssh -W "[%h]:%p" j # x', '"a b" c', '= nc'),
  ProxyJump: fc.array(hop, { minLength: 1, maxLength: 3 }).map((hops) => hops.join(',')),
  PubkeyAcceptedAlgorithms: list(['ssh-ed25519', 'ssh-rsa', 'ecdsa-sha2-*', 'sk-*']),
  PubkeyAuthentication: fc.constantFrom('yes', 'no', 'host-bound', 'Unbound'),
  RequiredRSASize: count,
  RevokedHostKeys: fc.constantFrom('none', '/r'),
  ServerAliveCountMax: count,
  ServerAliveInterval: time,
  StrictHostKeyChecking: fc.constantFrom('yes', 'no', 'off', 'ask', 'accept-new', 'ACCEPT-NEW'),
  TCPKeepAlive: flag,
  User: fc.constantFrom('bob', 'root', 'dom\\bob'),
  UserKnownHostsFile: fc.oneof(path, fc.constantFrom('none', '/a /b')),
  // Keywords that change nothing.
  ForwardX11: flag,
  LogLevel: fc.constant('INFO'),
  Protocol: fc.constant('2'),
}

const setting = fc
  .constantFrom(...Object.keys(values))
  .chain((keyword) => fc.tuple(fc.constant(keyword), values[keyword]!))
  .chain(([keyword, value]) => written(keyword, value))

/** The same line in its many spellings. Where values are written with blanks, quotes make one of several. */
function written(keyword: string, value: string): fc.Arbitrary<string> {
  const start = fc.constantFrom(`${keyword} `, `${keyword}=`, `${keyword} = `, `${keyword}\t`)
  const other = fc.constantFrom(`"${keyword}" `, `${keyword.toLowerCase()}  `, `${keyword.toUpperCase()}= `)
  const isPlain = /^[\w./:-]*$/.test(value)
  const quoted = isPlain ? fc.constantFrom(value, `"${value}"`, `'${value}'`) : fc.constant(value)
  const tail = fc.constantFrom('', '', '', ' ', ' # why', '\r', '\f')
  return fc
    .tuple(fc.constantFrom('', '', '  ', '\t'), fc.oneof(start, other), quoted, tail)
    .map((parts) => parts.join(''))
}

const condition = fc.oneof(
  fc.constantFrom('final', 'canonical', 'exec "true"', 'exec "test %h = web1"', 'exec "false"'),
  fc
    .tuple(fc.constantFrom('host', 'originalhost', 'HOST'), fc.array(pattern, { minLength: 1, maxLength: 3 }))
    .map(([name, patterns]) => `${name} ${patterns.join(',')}`),
  fc
    .tuple(fc.constantFrom('user', 'localuser'), fc.constantFrom('root', 'bob', 'b*,root', '!root,*'))
    .map((parts) => parts.join(' ')),
)
const match = fc.oneof(
  fc
    .array(
      fc.tuple(fc.constantFrom('', '', '', '!'), condition).map((parts) => parts.join('')),
      { minLength: 1, maxLength: 3 },
    )
    .map((conditions) => `Match ${conditions.join(' ')}`),
  fc.constantFrom('Match all', 'Match final all', 'Match !all', 'Match host web* all'),
)
const host = fc
  .tuple(fc.constantFrom(' ', '=', '\t'), fc.array(pattern, { minLength: 1, maxLength: 4 }))
  .map(([separator, patterns]) => `Host${separator}${patterns.join(' ')}`)

const right = fc.oneof(
  { weight: 12, arbitrary: setting },
  { weight: 4, arbitrary: host },
  { weight: 2, arbitrary: match },
  { weight: 1, arbitrary: fc.constantFrom('', '# a comment', '   ', '"') },
)

/**
 * ssh -G leaves some alone: ssh expands them when it connects, and ends then. And it takes "ProxyJump none x"
 * for a host with the name none.
 */
function isExpandedLate(line: string): boolean {
  return /^(identityfile|certificatefile|proxy|revoked).*(%Z|\$\{)|^proxyjump none/i.test(line)
}

/** Lines that are wrong, for some hosts at least. */
const wrong = fc.oneof(
  fc.constantFrom(
    'User',
    '=',
    'Foo bar',
    'Bar x y',
    'Foo',
    'User ""',
    'User a b',
    'Host ""',
    '"User"=x',
    'Port "22',
  ),
  fc.constantFrom(
    'Match',
    'Match nonsense',
    'Match host',
    'Match user ""',
    'Match all user x',
    'Match a b all',
  ),
  fc
    .tuple(
      fc.constantFrom(...Object.keys(values)),
      fc.constantFrom(
        'maybe',
        '-1',
        '0',
        'a..b',
        'none x',
        '99999',
        '%Z',
        '${NOT_SET}',
        '${',
        'x*',
        '"',
        '@',
        '/',
        '$9-',
      ),
    )
    .map((parts) => parts.join(' '))
    .filter((one) => !/^(user |hostname|loglevel)/i.test(one) && !isExpandedLate(one)),
)

/** Mostly right ones: with several wrong lines ssh would refuse them all. */
export const anyConfig: fc.Arbitrary<string> = fc
  .tuple(fc.array(right, { maxLength: 14 }), fc.option(fc.tuple(wrong, fc.nat(14)), { freq: 3 }))
  .map(([lines, odd]) => {
    const all = odd === null ? lines : [...lines.slice(0, odd[1]), odd[0], ...lines.slice(odd[1])]
    return `${all.join('\n')}\n`
  })
