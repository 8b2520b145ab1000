import js from '@eslint/js'
import nx from '@nx/eslint-plugin'
import prettier from 'eslint-config-prettier'
import tseslint from 'typescript-eslint'

const arrows = [
  { sourceTag: 'scope:data', onlyDependOnLibsWithTags: ['scope:data'] },
  { sourceTag: 'scope:backend', onlyDependOnLibsWithTags: ['scope:backend'] },
  { sourceTag: 'scope:models', onlyDependOnLibsWithTags: ['scope:models', 'scope:backend'] },
  {
    sourceTag: 'scope:training',
    onlyDependOnLibsWithTags: ['scope:training', 'scope:backend', 'scope:data'],
  },
  { sourceTag: 'scope:viz', onlyDependOnLibsWithTags: ['scope:viz'] },
  { sourceTag: 'scope:cli', onlyDependOnLibsWithTags: ['*'] },
]

const mathRandom = {
  selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
  message: 'Randomness is keyed by a seed: take it as an argument.',
}

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '.nx/**',
      'coverage/**',
      'runs/**',
      'data/**',
      'packages/backend/native/build/**',
      'packages/backend/platforms/**',
      '**/fixtures/**',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { enforceBuildableLibDependency: false, allow: [], depConstraints: arrows },
      ],
      'no-restricted-syntax': ['error', mathRandom],
      'no-console': 'error',
    },
  },
  {
    files: ['packages/{data,viz}/src/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['@tensorflow/*'], message: 'data and viz stand without TensorFlow.js.' },
          ],
        },
      ],
    },
  },
  {
    files: ['packages/training/src/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@ductus/data',
              allowTypeImports: true,
              message: 'training meets data by types only.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.mjs', '**/*.js', '**/*.cjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        performance: 'readonly',
        fetch: 'readonly',
        AbortController: 'readonly',
        AbortSignal: 'readonly',
        require: 'readonly',
        module: 'writable',
        __dirname: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        SharedArrayBuffer: 'readonly',
        Atomics: 'readonly',
      },
    },
  },
  prettier,
)
