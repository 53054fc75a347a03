import js from '@eslint/js';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';
import { layers, sharedTypes } from './eslint.layers.mjs';

const TYPESCRIPT = ['**/*.ts', '**/*.tsx'];

/** Every layer of src/ but the first may not be imported by those below it. */
const upwards = layers.slice(1).map((layer, index) => ({
  target: layers.slice(0, index + 1).map((below) => `./src/${below}`),
  from: `./src/${layer}`,
  message: `src/${layer} stands above this layer; see the list in eslint.layers.mjs.`,
}));

/**
 * What a part outside src/ may import of it, besides the types that everybody shares.
 * @param {'extension' | 'webview'} part
 * @param {readonly string[]} allowed folders of src/
 */
function onlyFrom(part, allowed) {
  return layers
    .filter((layer) => !allowed.includes(layer))
    .map((layer) => ({
      target: `./${part}`,
      from: `./src/${layer}`,
      except: sharedTypes
        .filter((file) => file.startsWith(`src/${layer}/`))
        .map((file) => `./${file.split('/').at(-1)}`),
      message: `${part}/ does not load src/${layer}; it may import ${allowed.join(', ')} and the shared types.`,
    }));
}

const zones = [
  ...upwards,
  ...onlyFrom('extension', ['text', 'spec', 'random', 'masks', 'runs', 'data', 'native', 'figures', 'protocol']),
  ...onlyFrom('webview', ['text', 'masks', 'figures', 'protocol']),
  { target: './src', from: ['./extension', './webview', './test'], message: 'The engine stands on its own.' },
  { target: './extension', from: ['./webview', './test'], message: 'The host and the page meet in src/protocol.' },
  { target: './webview', from: ['./extension', './test'], message: 'The host and the page meet in src/protocol.' },
];

const VSCODE = { name: 'vscode', message: 'Only extension/ may import vscode.' };
const TOOLKIT = {
  name: '@vscode/webview-ui-toolkit',
  message: 'Controls come from webview/controls.tsx, so that the toolkit behind it can be replaced.',
};
const TFJS = { group: ['@tensorflow/*'], message: 'Tensors stay in the worker: only src/ may import TensorFlow.js.' };
const NODE = { group: ['node:*', 'fs', 'path', 'os'], message: 'The page has no Node.' };

/**
 * @param {{ paths?: object[]; patterns?: object[] }} what
 * @returns {import('eslint').Linter.RulesRecord}
 */
const restrict = (what) => ({ '@typescript-eslint/no-restricted-imports': ['error', what] });

const STYLE_ATTRIBUTE = {
  selector: "CallExpression[callee.property.name='attr'][arguments.0.value='style']",
  message: "The page's content policy drops .attr('style', …) without a word; use .style(…).",
};
const INNER_HTML = {
  selector: 'AssignmentExpression[left.property.name=/^(innerHTML|outerHTML)$/]',
  message: 'Build nodes; text that becomes markup is how scripts get in.',
};
const READ_ONCE = {
  selector: "CallExpression[callee.name='expect'] > .arguments:first-child AwaitExpression",
  message: 'A page answers when it gets to it: expect.poll(() => …) waits for what is expected.',
};
const DOM = [
  'document',
  'window',
  'navigator',
  'localStorage',
  'sessionStorage',
  'HTMLElement',
  'requestAnimationFrame',
];

export default tseslint.config(
  {
    ignores: ['node_modules', 'dist', 'coverage', 'example', 'artifacts', '.vscode-test'],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: TYPESCRIPT,
    extends: [tseslint.configs.strictTypeChecked, importX.flatConfigs.typescript],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ alwaysTryTypes: true })] },
    rules: {
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-self-import': 'error',
      'import-x/no-duplicates': ['error', { 'prefer-inline': true }],
      'no-restricted-syntax': ['error', STYLE_ATTRIBUTE, INNER_HTML],
      'no-console': 'error',
      eqeqeq: ['error', 'always'],
      'prefer-const': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-expect-error': true, 'ts-ignore': true, 'ts-nocheck': true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Numeric code indexes arrays whose bounds the loop already guarantees.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // A generator that yields between chunks is asynchronous for its caller's sake, whether it awaits or not.
      '@typescript-eslint/require-await': 'off',
      // Code points are what width and length of text here mean.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      // TensorFlow.js hands its kernels the backend as an interface; each knows which one it was registered for.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Overloads read better apart where their meanings differ, and generic names carry meaning in signatures.
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // Record<never, never> says that one end of a connection asks (or answers) nothing.
      '@typescript-eslint/no-generated-empty-object-type': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
    },
  },
  {
    files: ['src/**/*.ts', 'src/**/*.tsx'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...DOM.map((name) => ({
          name,
          message: 'src/ runs without a page: in the worker, the host and the command line.',
        })),
      ],
      ...restrict({ paths: [VSCODE, TOOLKIT] }),
    },
  },
  {
    files: ['src/cli/**', 'test/bench/**', 'test/gpu/**', 'test/reproduction/**', 'test/gallery/**'],
    rules: { 'no-console': 'off' },
  },
  { files: ['extension/**'], rules: restrict({ paths: [TOOLKIT], patterns: [TFJS] }) },
  { files: ['webview/**'], rules: restrict({ paths: [VSCODE, TOOLKIT], patterns: [TFJS, NODE] }) },
  {
    files: ['webview/controls.tsx'],
    rules: restrict({ paths: [VSCODE], patterns: [TFJS, NODE] }),
  },
  {
    files: ['test/**'],
    rules: {
      // Tests probe with values that the types would forbid, and vitest's matchers are methods passed about.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    files: ['test/browser/**', 'test/e2e/**'],
    rules: { 'no-restricted-syntax': ['error', STYLE_ATTRIBUTE, INNER_HTML, READ_ONCE] },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { process: 'readonly', require: 'readonly', globalThis: 'readonly' },
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        Buffer: 'readonly',
        fetch: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
      },
    },
  },
);
