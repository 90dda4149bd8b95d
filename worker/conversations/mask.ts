// Identifiers for those who need not see them: enough to tell two people apart, too little to call one. Pure. Called by what
// the API says of contacts and messages.

/** Country codes of one and two digits (ITU-T E.164); all others have three. */
const short = /^(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/

/** `34600111222` becomes `+34 ••• ••• 222`, whatever the length: the number of digits says something, too. */
export function maskPhone(digits: string): string {
  const country = short.exec(digits)?.[0] ?? digits.slice(0, 3)
  return digits.length < country.length + 6 ? '+•••' : `+${country} ••• ••• ${digits.slice(-3)}`
}

/** `ES.7700112233445566` becomes `ES.••••5566`. */
export function maskBsuid(bsuid: string): string {
  const country = /^[A-Z]{2}\./.exec(bsuid)?.[0] ?? ''
  return bsuid.length < country.length + 8 ? `${country}••••` : `${country}••••${bsuid.slice(-4)}`
}

type Identified = { phone: string | null; bsuid: string | null }

/** As it is for who sees identifiers, masked for the others. */
export const maskPerson = <P extends Identified>(person: P, seen: boolean): P =>
  seen
    ? person
    : {
        ...person,
        phone: person.phone === null ? null : maskPhone(person.phone),
        bsuid: person.bsuid === null ? null : maskBsuid(person.bsuid),
      }

/** Runs of digits that could be a phone number, in a sentence of WhatsApp's own (somebody changed their number). */
export const maskNumbersIn = (text: string): string =>
  text.replace(/\+?\d(?:[\s().-]?\d){6,}/g, (found) => maskPhone(found.replace(/\D/g, '')))
