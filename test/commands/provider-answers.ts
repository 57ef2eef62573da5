/** Answers of the provider's catalogue routes, in its form and of our own writing. */
type Json = Readonly<Record<string, unknown>>

const ok = (data: Json) => ({ code: 200, msg: 'success', data })

/** The document of a model: its page may name another. */
const schemaOf = (model: string, input: Json, named = model) =>
  ok({
    model,
    openapi: {
      openapi: '3.1.0',
      info: { title: 'kie' },
      paths: {
        '/api/v1/jobs/createTask': {
          post: {
            requestBody: {
              content: {
                'application/json': {
                  schema: {
                    type: 'object',
                    required: ['model'],
                    properties: {
                      model: { type: 'string', enum: [named], default: named },
                      callBackUrl: { type: 'string', format: 'uri' },
                      input: { type: 'object', ...input },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  })

const prompt = { type: 'string', description: 'What to make. (Max length: 2000 characters)' }

export const PROVIDER_ANSWERS: Readonly<Record<string, unknown>> = {
  models: ok({
    total: 5,
    models: [
      {
        model: 'acme/pencil',
        title: 'Acme Pencil',
        provider: 'Acme',
        taskType: ['Text to Image'],
        pricingDesc:
          '4 credits ($0.02) for 1K, 6 credits ($0.03) for 2K, about 40% below the official price.',
      },
      {
        model: 'acme/retouch',
        title: 'Acme Retouch',
        provider: 'Acme',
        taskType: ['Image to Image'],
        pricingDesc: '3 credits per image until 2026-12-31, then 6 credits.',
      },
      {
        model: 'acme/clip',
        title: 'Acme Clip',
        provider: 'Acme',
        taskType: ['Image to Video'],
        pricingDesc: '5 credits per second.',
      },
      {
        model: 'acme/reader',
        title: null,
        provider: 'Acme',
        pricingDesc: '7 credits per 1000 characters.',
      },
      { model: 'acme/sharpen', title: 'Acme Sharpen', provider: 'Acme', pricingDesc: null },
    ],
  }),
  pencil: schemaOf(
    'acme/pencil',
    {
      required: ['prompt'],
      properties: {
        prompt,
        resolution: { type: 'string', enum: ['1K', '2K'], default: '1K' },
        seed: { type: ['integer', 'null'], default: null },
      },
    },
    'acme/pencil-old',
  ),
  retouch: schemaOf('acme/retouch', {
    required: ['prompt', 'image_url '],
    properties: {
      prompt,
      'image_url ': { type: 'object', description: 'URL of the picture: jpg, png; max 10MB.' },
    },
  }),
  clip: schemaOf('acme/clip', {
    required: ['image_urls', 'duration'],
    properties: {
      prompt,
      image_urls: {
        type: 'array',
        items: { type: 'string', format: 'uri' },
        maxItems: 2,
        description: 'URLs of the first and last frame.',
      },
      duration: { type: 'integer', enum: ['5', '10'], default: '5' },
    },
  }),
  reader: schemaOf('acme/reader', {
    required: ['text'],
    properties: {
      text: { type: 'string', maxLength: 3000 },
      voice: { type: 'string', enum: ['Anna', 'Boris'], default: 'Anna' },
    },
  }),
  sharpen: schemaOf('acme/sharpen', {
    required: ['video_url'],
    properties: {
      video_url: { type: 'string', format: 'uri', description: 'URL of the video: mp4; max 50MB.' },
      mode: { type: 'string', enum: ['soft', 'hard'], default: 'soft' },
    },
  }),
}
