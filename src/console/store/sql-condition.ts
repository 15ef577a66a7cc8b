export type SqlValue = string | number | null

export interface SqlCondition {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

export function condition(sql: string, ...values: readonly SqlValue[]): SqlCondition {
  return { sql, values }
}

/** All of them. */
export function allConditions(...conditions: readonly SqlCondition[]): SqlCondition {
  return {
    sql: conditions.map(({ sql }) => sql).join(' AND '),
    values: conditions.flatMap(({ values }) => values),
  }
}
