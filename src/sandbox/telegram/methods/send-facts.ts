import { badRequest } from '../api-error.ts'
import { type Args, booleanArg, isObject, jsonArg, requiredArg, textArg } from '../args.ts'
import { isBlank } from '../blank-text.ts'
import { contactJson, locationJson, pollJson } from '../facts-json.ts'
import { LIMITS } from '../limits.ts'
import type { MethodCall, Methods } from '../method.ts'
import { deliver } from './send-message.ts'

function coordinate(args: Args, name: 'latitude' | 'longitude'): number {
  const raw = textArg(args, name).trim()
  if (raw === '') throw badRequest(`${name} is empty`)
  return Number.parseFloat(raw) || 0
}

function sendLocation(call: MethodCall) {
  const latitude = coordinate(call.args, 'latitude')
  const longitude = coordinate(call.args, 'longitude')
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180)
    throw badRequest('Invalid location specified')
  return deliver(call, { extra: locationJson({ latitude, longitude }) })
}

function sendContact(call: MethodCall) {
  const { args } = call
  const phoneNumber = textArg(args, 'phone_number').trim()
  if (phoneNumber === '') throw badRequest('Field "phone_number" must be specified')
  const firstName = textArg(args, 'first_name').trim()
  if (firstName === '') throw badRequest('Field "first_name" must be specified')
  return deliver(call, {
    extra: contactJson({ phoneNumber, firstName, lastName: textArg(args, 'last_name') }),
  })
}

const optionText = (value: unknown): string => {
  if (typeof value === 'string') return value
  if (isObject(value) && typeof value.text === 'string') return value.text
  throw badRequest('Option must be a String or an Object')
}

function optionsOf(args: Args): string[] {
  requiredArg(args, 'options')
  const list = jsonArg(args, 'options', 'options')
  if (!Array.isArray(list)) throw badRequest('Expected an Array of String as options')
  const { min, max } = LIMITS.pollOptions
  if (list.length < min || list.length > max) throw badRequest('POLL_ANSWERS_INVALID')
  const options = list.map(optionText)
  if (options.some(isBlank)) throw badRequest('Text must be non-empty')
  if (options.some((text) => [...text].length > LIMITS.pollOptionLength))
    throw badRequest(`Poll options length must not exceed ${LIMITS.pollOptionLength}`)
  return options
}

function sendPoll(call: MethodCall) {
  const { args } = call
  const question = textArg(args, 'question').trim()
  if (isBlank(question)) throw badRequest('Text must be non-empty')
  if ([...question].length > LIMITS.pollQuestionLength)
    throw badRequest(`Poll question length must not exceed ${LIMITS.pollQuestionLength}`)
  const isAnonymous = textArg(args, 'is_anonymous') === '' || booleanArg(args, 'is_anonymous')
  return deliver(call, { extra: pollJson({ question, options: optionsOf(args), isAnonymous }) })
}

/** Messages that hold facts instead of words or a file. */
export const sendFactsMethods: Methods = { sendLocation, sendContact, sendPoll }
