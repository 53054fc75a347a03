import { describe, expect, it } from 'vitest';
import { getLanguageService, TextDocument, type MarkupContent } from 'vscode-json-languageservice';
import { checkExperiment } from '../../../src/spec/check.ts';
import { editorJsonSchema } from '../../../src/spec/editorSchema.ts';

/** The service that the editor itself uses, given our schema. */
const service = getLanguageService({});
service.configure({ schemas: [{ uri: 'test://schema', fileMatch: ['*'], schema: editorJsonSchema() }] });

/** A document, and the place of `|` in its text. */
function documentOf(marked: string) {
  const at = marked.indexOf('|');
  const text = at < 0 ? marked : marked.slice(0, at) + marked.slice(at + 1);
  const document = TextDocument.create('file:///a.lens.json', 'jsonc', 1, text);
  return { document, json: service.parseJSONDocument(document), position: document.positionAt(Math.max(0, at)) };
}

const textOf = (markup: string | MarkupContent | undefined) =>
  typeof markup === 'object' ? markup.value : (markup ?? '');

async function completions(marked: string): Promise<Map<string, { inserted: string; documentation: string }>> {
  const { document, json, position } = documentOf(marked);
  const list = await service.doComplete(document, position, json);
  return new Map(
    list?.items.map((item) => [
      item.label,
      { inserted: item.textEdit?.newText ?? '', documentation: textOf(item.documentation) },
    ]),
  );
}

async function hover(marked: string): Promise<string> {
  const { document, json, position } = documentOf(marked);
  const found = await service.doHover(document, position, json);
  return JSON.stringify(found?.contents ?? null);
}

async function messages(text: string): Promise<string[]> {
  const { document, json } = documentOf(text);
  const problems = await service.doValidation(document, json, { comments: 'ignore', trailingCommas: 'ignore' });
  return problems.map(({ range, message }) => `${document.getText(range)}: ${textOf(message)}`);
}

const model = '"model": { "type": "made", "hidden": [5] }';

describe('the schema in the editor', () => {
  it('completes the whole file, its entries and their keys', async () => {
    expect((await completions('|')).get('experiment')?.inserted).toContain('"type": "made"');
    expect([...(await completions('{ | }')).keys()]).toEqual(['$schema', 'model', 'data', 'training', 'seed']);
    expect((await completions('{ | }')).get('seed')?.documentation).toMatch(/^Seed of every random choice/);
    expect([...(await completions('{ "model": { | } }')).keys()]).toEqual(['type']);
    const keys = await completions('{ "model": { "type": "made", "hidden": [5], | } }');
    expect([...keys.keys()]).toEqual([
      'activation',
      'order',
      'degrees',
      'masks',
      'orderAgnostic',
      'connectivityAgnostic',
      'freshMasks',
      'direct',
      'conditioning',
      'conditional',
    ]);
    expect(keys.get('direct')?.inserted).toBe('"direct": ${1:false}');
  });

  it('completes allowed values with what they mean', async () => {
    const activations = await completions('{ "model": { "type": "made", "activation": | } }');
    expect([...activations.keys()]).toEqual(['"relu"', '"tanh"', '"sigmoid"', '"softplus"', '"elu"']);
    expect(activations.get('"relu"')?.documentation).toContain('MADE paper');
    const orders = await completions('{ "model": { "type": "made", "order": | } }');
    expect(orders.get('"natural"')?.documentation).toContain('row by row');
    expect([...orders.keys()].sort()).toEqual(['"natural"', '"random"', '"reversed"', '[2, 1, 3]']);
    expect((await completions('{ "data": { "generate": | } }')).get('"rings"')?.documentation).toContain('concentric');
  });

  it('completes the branch of data that was begun', async () => {
    expect((await completions('{ "data": { | } }')).get('train')?.inserted).toBe('"train": "$1"');
    expect([...(await completions('{ "data": { | } }')).keys()]).toEqual(
      expect.arrayContaining(['train', 'source', 'generate']),
    );
    expect([...(await completions('{ "data": { "source": "x", | } }')).keys()].sort()).toEqual([
      'binarize',
      'context',
      'image',
      'labels',
      'layout',
      'scale',
      'split',
    ]);
    expect([...(await completions('{ "data": { "train": "x", | } }')).keys()].sort()).toEqual([
      'binarize',
      'context',
      'image',
      'labels',
      'layout',
      'scale',
      'test',
      'validation',
    ]);
  });

  it('completes what rows are conditioned on as the form of data allows', async () => {
    const within = async (data: string) => [...(await completions(`{ "data": { ${data} } }`)).keys()].sort();
    const beginnings = ['classes', 'columns', 'labelColumn', 'labels', 'values'];
    expect(await within('"train": "x", "context": { | }')).toEqual(beginnings);
    expect(await within('"train": "x", "context": { "labels": { | } }')).toEqual(['test', 'train', 'validation']);
    expect(await within('"source": "x", "context": { "labels": "y", | }')).toEqual(['classes']);
    expect(await within('"generate": "rings", "context": { "labels": | }')).toEqual(['"own"']);
    expect(await within('"source": "x", "context": |')).toContain('labels in a file');
  });

  it('offers every optimiser, then the keys of the one that was chosen, with its own defaults', async () => {
    expect((await completions('{ "training": { "optimizer": { | } } }')).get('type')?.inserted).toBe('"type": $1');
    for (const marked of [
      '{ "training": { "optimizer": { "type": | } } }',
      '{ "training": { "optimizer": { "type": "ad|am" } } }',
    ]) {
      expect([...(await completions(marked)).keys()]).toEqual(['"sgd"', '"rmsprop"', '"adagrad"', '"adam"']);
    }
    const adam = await completions('{ "training": { "optimizer": { "type": "adam", | } } }');
    expect([...adam.keys()]).toEqual(['learningRate', 'beta1', 'beta2', 'epsilon']);
    expect(adam.get('learningRate')?.inserted).toBe('"learningRate": ${1:0.001}');
    const adagrad = await completions('{ "training": { "optimizer": { "type": "adagrad", | } } }');
    expect(adagrad.get('learningRate')?.inserted).toBe('"learningRate": ${1:0.01}');
  });

  it('documents keys and values on hover', async () => {
    expect(await hover('{ "model": { "type": "made", "or|der": "random" } }')).toMatch(/Which variable comes first/);
    expect(await hover('{ "model": { "type": "made", "order": "ran|dom" } }')).toMatch(/drawn by the seed/);
    expect(await hover('{ "model": { "type": "made", "hid|den": [5] } }')).toMatch(/Units of each hidden layer/);
    expect(await hover('{ "training": { "optimizer": { "type": "adam", "be|ta1": 0.9 } } }')).toMatch(
      /Decay of the mean/,
    );
    expect(await hover('{ "data": { "source": "x", "bina|rize": "threshold" } }')).toMatch(/grey values binary/);
  });

  it('accepts what is right, with comments and trailing commas', async () => {
    expect(await messages(`{ /* a */ ${model}, "data": { "train": "a.npy", }, }`)).toEqual([]);
    expect(
      await messages(`{ ${model}, "data": { "generate": "rings" }, "training": { "optimizer": { "type": "adam" } } }`),
    ).toEqual([]);
  });

  it('leaves every mistake to our own checks, so that it is told once', async () => {
    const data = '"data": { "train": "a.npy" }';
    const withModel = (keys: string) => `{ "model": { "type": "made", ${keys} }, ${data} }`;
    const mistakes = [
      '{}',
      '[]',
      '5',
      `{ ${model}, "seed": 1.5, "sed": 2 }`,
      `{ ${model}, "seed": -1, ${data} }`,
      '{ "model": 5, "data": [], "training": "long" }',
      '{ "model": { "type": "mde" }, "data": {} }',
      '{ "model": { "type": 5 }, "data": { "generate": "ring", "train": 5 } }',
      `{ "model": { "type": "made" }, ${data} }`,
      withModel('"hidden": [4, 0, "a"], "degres": "even"'),
      withModel('"hidden": [], "masks": 0, "direct": "yes"'),
      withModel('"hidden": 500, "activation": "rellu", "order": "nat", "degrees": [1, [], "x"]'),
      `{ ${model}, "data": { "source": "a", "split": { "train": 3 }, "binarise": "none" } }`,
      `{ ${model}, "data": { "source": "", "image": [1, 2, 3], "binarize": "thresh" } }`,
      `{ ${model}, ${data}, "training": { "optimizer": { "type": "adm", "momentum": 0.5 } } }`,
      `{ ${model}, ${data}, "training": { "optimizer": { "type": "adam", "momentum": 0.5, "beta1": 2 }, "epochs": 0 } }`,
    ];
    for (const text of mistakes) {
      expect(await messages(text), text).toEqual([]);
      expect(checkExperiment(text), text).toContainEqual(expect.objectContaining({ severity: 'error' }));
    }
  });
});
