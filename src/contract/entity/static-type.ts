import type { AttributeDefinition, EntityDefinition, ExternalShape } from './definition.ts'

interface ExternalValues {
  readonly stringMap: Readonly<Record<string, string>>
  readonly stringListMap: Readonly<Record<string, readonly string[]>>
  readonly jsonMap: Readonly<Record<string, unknown>>
  readonly stringLists: readonly (readonly string[])[]
  readonly claims: Readonly<Record<string, unknown>>
  readonly string: string
  readonly objectList: readonly Readonly<Record<string, unknown>>[]
  readonly objectMap: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly objectListMap: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>
  readonly booleanMap: Readonly<Record<string, boolean>>
}

interface ScalarValues {
  readonly string: string
  readonly time: string
  readonly boolean: boolean
  readonly integer: number
  readonly float: number
}

type ValueOf<Attribute> = Attribute extends { readonly type: keyof ScalarValues }
  ? ScalarValues[Attribute['type']]
  : Attribute extends { readonly type: 'enum'; readonly choices: infer Choices extends readonly string[] }
    ? Choices[number]
    : Attribute extends { readonly type: 'list' }
      ? readonly string[]
      : Attribute extends { readonly type: 'external'; readonly shape: infer Shape extends ExternalShape }
        ? ExternalValues[Shape]
        : Attribute extends { readonly type: 'ref'; readonly of: infer Of extends EntityDefinition }
          ? EntityOf<Of> | null
          : Attribute extends { readonly type: 'refList'; readonly of: infer Of extends EntityDefinition }
            ? readonly EntityOf<Of>[]
            : never

type OmittedWhenEmpty<Attributes> = {
  [Name in keyof Attributes]: Attributes[Name] extends { readonly omitEmpty: true } ? Name : never
}[keyof Attributes]

type AttributesOf<Definition extends EntityDefinition> = Definition['attributes'] &
  Record<string, AttributeDefinition>

/** The object that a definition describes, as an answer of a Console carries it. */
export type EntityOf<Definition extends EntityDefinition> = {
  readonly [
    Name in Exclude<keyof Definition['attributes'], OmittedWhenEmpty<Definition['attributes']>>
  ]: ValueOf<AttributesOf<Definition>[Name & string]>
} & {
  readonly [Name in OmittedWhenEmpty<Definition['attributes']>]?: ValueOf<
    AttributesOf<Definition>[Name & string]
  >
}

/** What a client sends: any part of it; what is left out gets its default. */
export type DraftOf<Definition extends EntityDefinition> = Partial<EntityOf<Definition>>
