import { enforcerProfileMappingPolicy } from '../../contract/entities/policies/enforcer-profile-mapping-policy.ts'
import { networkRuleSetPolicy } from '../../contract/entities/policies/network-rule-set-policy.ts'
import type { WireObject } from '../../contract/entity/definition.ts'
import type { Filter } from '../../contract/filter/filter.ts'
import { matchesTagExpression, type TagExpression } from '../../contract/tags/tag-expression.ts'
import { textParameter } from '../call.ts'
import { findAll, where } from './find-all.ts'
import type { Above, Below, HookContext } from './resource.ts'

/** Processing units that a rule set governs (`mode=subject`), or that its rules name. */
export function unitsOfRuleSet(above: Above, context: HookContext): Below | undefined {
  if (above.definition !== networkRuleSetPolicy) return undefined
  return { filter: chosenByRuleSet(above.object, context), recursive: above.object['propagate'] === true }
}

/** External networks that the rules of a rule set name; they may come from namespaces above. */
export function networksOfRuleSet(above: Above, context: HookContext): Below | undefined {
  if (above.definition !== networkRuleSetPolicy) return undefined
  return { filter: chosenByRuleSet(above.object, context), propagated: true }
}

function chosenByRuleSet(policy: WireObject, { call }: HookContext): Filter {
  if (textParameter(call, 'mode') === 'subject') return carrying(expressionOf(policy, 'subject'))
  const rules = [policy['incomingRules'], policy['outgoingRules']].flat() as readonly WireObject[]
  return carrying(rules.flatMap((rule) => expressionOf(rule, 'object')))
}

/** Enforcers that a mapping gives a profile. */
export function enforcersOfMapping({ definition, object }: Above): Below | undefined {
  if (definition !== enforcerProfileMappingPolicy) return undefined
  return { filter: carrying(expressionOf(object, 'subject')), recursive: object['propagate'] === true }
}

/** Profiles that a mapping gives, or that an enforcer is given by the mappings which hold where it is. */
export function profilesBelow({ definition, object }: Above, { services }: HookContext): Below {
  if (definition === enforcerProfileMappingPolicy)
    return { filter: carrying(expressionOf(object, 'object')), propagated: true }
  const here = { namespace: String(object['namespace']), recursive: false, propagated: true }
  const mappings = findAll({ definition: enforcerProfileMappingPolicy, ...here }, services)
  const tags = new Set(object['normalizedTags'] as readonly string[])
  const holding = mappings.filter(
    (mapping) => mapping['disabled'] !== true && matchesTagExpression(expressionOf(mapping, 'subject'), tags),
  )
  const usual = holding.filter((mapping) => mapping['fallback'] !== true)
  const chosen = usual.length > 0 ? usual : holding
  return { filter: carrying(chosen.flatMap((mapping) => expressionOf(mapping, 'object'))), propagated: true }
}

function expressionOf(object: WireObject, attribute: string): TagExpression {
  return (object[attribute] ?? []) as TagExpression
}

/** What carries the tags of an expression; as there, the empty one matches nothing. */
function carrying(expression: TagExpression): Filter {
  const clauses = expression.filter((clause) => clause.length > 0)
  const parts = clauses.map((clause): Filter => {
    const tags = clause.map((tag) => where('normalizedTags', ['contains', [tag]]))
    return { kind: 'and', parts: tags }
  })
  return parts.length === 0 ? where('ID', ['in', []]) : { kind: 'or', parts }
}
