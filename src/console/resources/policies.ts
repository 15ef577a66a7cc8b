import { enforcerProfileMappingPolicy } from '../../contract/entities/policies/enforcer-profile-mapping-policy.ts'
import { enforcerProfile } from '../../contract/entities/policies/enforcer-profile.ts'
import { externalNetwork } from '../../contract/entities/policies/external-network.ts'
import { networkRuleSetPolicy } from '../../contract/entities/policies/network-rule-set-policy.ts'
import { networksOfRuleSet, profilesBelow } from './below-policies.ts'
import type { StoredResource } from './resource.ts'

/** What people write: kept as it is, and carried from namespace to namespace by exports. */
export const policies: readonly StoredResource[] = [
  { kind: 'stored', definition: externalNetwork, policeable: true, portable: true, below: networksOfRuleSet },
  { kind: 'stored', definition: networkRuleSetPolicy, portable: true },
  { kind: 'stored', definition: enforcerProfile, portable: true, below: profilesBelow },
  { kind: 'stored', definition: enforcerProfileMappingPolicy, portable: true },
]
