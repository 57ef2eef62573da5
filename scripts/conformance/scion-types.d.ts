/** The parts of SCION that are used here; its own types are older than its code. */
declare module '@scion-scxml/core' {
  class Statechart {
    constructor(model: unknown, options: object)
    start(): string[]
    gen(event: { name: string; data?: unknown }): string[]
    getConfiguration(): string[]
    /** With the states around them. */
    getFullConfiguration(): string[]
    _selectTransitions(event: unknown, isNull: boolean): unknown
  }
  const core: { Statechart: typeof Statechart }
  export = core
}
declare module '@scion-scxml/core-base' {
  class InterpreterScriptingContext {
    constructor(interpreter: unknown)
    raise(event: object): void
  }
  const base: { InterpreterScriptingContext: typeof InterpreterScriptingContext }
  export = base
}
declare module '@scion-scxml/scxml' {
  interface Factory {
    prepare(done: (error: unknown, model: unknown) => void, context: object, host: object): void
  }
  const scxml: {
    documentStringToModel(
      url: string,
      text: string,
      done: (error: unknown, factory: Factory) => void,
    ): void
    ext: { compilerInternals: { scxmlToScjson(text: string): unknown } }
  }
  export = scxml
}
