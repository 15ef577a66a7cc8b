import tseslint from 'typescript-eslint'
import budgets from './tools/eslint-rules/budgets.js'

export default tseslint.config(
  { ignores: ['dist', 'build', 'coverage', 'schemas', 'test/fixtures', 'test/golden'] },
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { budgets },
    rules: { 'budgets/disable-says-why': 'error' },
  },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'tools/**/*.ts', 'vitest*.config.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/prefer-readonly': 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { budgets },
    rules: {
      'max-lines': ['error', { max: 250 }],
      'max-lines-per-function': ['error', { max: 40, skipComments: true }],
      'max-params': 'off',
      '@typescript-eslint/max-params': ['error', { max: 2 }],
      complexity: ['error', 10],
      'budgets/few-own-imports': ['error', { max: 12 }],
      'no-restricted-exports': [
        'error',
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'exit', message: 'Only lib/cli/exit.ts ends the process.' },
        { object: 'process', property: 'env', message: 'Only lib/cli reads the environment.' },
      ],
    },
  },
  {
    files: ['src/lib/cli/{run-environment,launch}.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['src/commands/**/*.ts'],
    plugins: { budgets },
    rules: {
      'budgets/run-is-short': ['error', { max: 20 }],
      'no-restricted-exports': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
)
