/** No machine is exported here. */
export const answer = 42
export const createGreeting = (name: string) => ({ text: `hello ${name}` })
