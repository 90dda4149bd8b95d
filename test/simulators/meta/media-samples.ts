// Small real files, for inbound media whose bytes the caller did not give. Called by inbound-payload.ts.

import { unbase64 } from './ids.ts'

const png = [
  'iVBORw0KGgoAAAANSUhEUgAAAGAAAABgCAIAAABt+uBvAAAFxklEQVR42u2b+XPVVBTHz1+XP4daFvXhWosIyj8giKIoipaW',
  'FloKLYVCaWnLoqCgoKCULiyyCYL85E3ukpPk5i55Sch7c2Y+03mTpJ2cz3zPuelLAi/XzhIGgBRYBc0RBuDl6hxhAP5bnSUM',
  'kCCroJUzhAESZBP0YmWGMAAvlmcIA0zQacIACbIJen77FGGABNkFTRMG4PnSNGEA/l06SRggQVZBt04QBkiQTdCzW1OEAXj2',
  '1xRhgAk6ThggQTZBT/+cJAyQILugCcIAPL05QRiAf24eIwyQIKugG0cJAyTIJujJjfEmMLAuyNKEE4Mnf4zXj1DQE3LABj9M',
  'KKv9VJmgI/WgpIjKXwsGfWDHx76ErDpOG2r1ggoe6k1zcH2C7AEpWfWYgse/j1UEzouoLcfF8IZctNYGpSycqYqqgGrVJPOS',
  'NTLC2GhD5wtnCgeqCkGj5cLOMlaTjExKyiHOJhvRYSlZ2UAJTaGjMsuBx9dHy0IFR6VGeFmf9BKVfZjzumBUh9rLD+a/mDCF',
  'AqWaTkSppKLg0fXDpYCDo1KD1fCwKCmhgjdCxmzww0aRLB6rlCbVdCpKpdQFJdpJB0enhnsRxb8ZHMG0kqBd7MhYVo4mTZTK',
  'cASPrh1qk7itVHD4rMlTI8sebyE2B0eTsC34AGxKq0nNpngqRe3WZnVQlp0hZEcEJ6Mm4QW5OPZWLllfwlRGE45S3G5tO4KH',
  '10YKozorz45WTUrKxNsWUrL0msyO1gWFa4SHv40UI5472I5qqyg4qqGyanjxk4x3Yo5L8MbJpKmUJtF0UZRwu6V7jTkqVCYT',
  'NFyA1JqlspNnR6NGGXk3ZEoH36V8aTXpHeF5hNa1ApUWFYRGT7qzpB2+MGE7Sg33Elp4L+QE5/0k0UZ+wBQypTTFjlqy3aSj',
  'kayjaBgVEfTg14O+4NETr+jZ7Eg7KjgiNVINl3JS0ZdEbueylCaVJhUl7mgs4yi19vMQ+RZbSFC2uaLRE09l1FnYjggOVtMX',
  'THM+CE4lYVv4Li5LacJRSjiKei2e2alhFDUaO/MCgoa8SMVnOBUfuWZp7KjgYDVSx+l+DdiU0oSjpHEUrWs4RMOaEHnUCw+u',
  'DnmhmT5oUVd2xtHc4dnBdpQaLmJmSy7KlNCEHaEcqQuleBhtSjQankRe9cLfVwfd0V/45MeHL+RxZ0k7KjXcwpkPBbMStUVp',
  'EmlCjkSvoZmdF6LsZZF7ycUFZadPbnzk3IntyOAIL1tD5hgfSbaKjUpT6KgfOZLzyBKijboQ+Qm6csAdvaDk0p6Ij2wuMZVR',
  'Z3E7s5EdLuUsY5tEmgo1YUdRr7G/I2Z2ttF0S75GkHPJnoJ68gVlFq+8+Ag7W0R2uJr5bcH89pCF7eLDvNQkcoR6zRQitJzl',
  'CurxEXT/yoA7YoHvzRfUyhEkl61EfJAd5mXh42BRwj4vZBwlBPXFkygtqJUvqFcs9u4lw/1fBtxxErQ5X1By+ghBUXa4nXOf',
  'CLgjtp3tTQvqj7tMO4acBDmXzAT94E61gpiaHcH5HeFP9rliQa4lN0lQrQlyFnTv5+/d6ZoZ5F6yv6CuWMW8BO13p2uug9xL',
  'hnuX97vTNVfS7iXD3cvfudM1/4u5l+wnKHTU+f/Ne9ULdy9960UXfB/kVa+3oNBRJ3+j6Fss3Lm0z5eO/k7at1i489O+AnTo',
  'XY0ClTJB3xSgQ++LFai0oCDlqIPurBYrE9Z+/LowHXRvvnCNbQkKHXXC0x3tFMgE7W2Thj8f1GZ1sHZxb/s09gmz9kuD1Ytf',
  'lUIDn1Espa7SBHFHzXnKtayiYPXCl+Xyyp+TLrec8gVxR6/qSfvSa4GVC3sqouZ3NSqqAlbO76mUGt72qfT8maAv6qH098Xq',
  'Oe36BGll+b5xWP+pwvK5z5uA9p3VJpxYUwQ1FiZoN2EAlhd3Ewbg9uJnhAESZBW0sIswQIJsgpYWdhIGYGl+J2GACfqUMECC',
  'LPwPR/VTusDgGWMAAAAASUVORK5CYII=',
].join('')
const webp = 'UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA'
const pdf = btoa(
  '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
)
const ogg = btoa('OggS\u0000\u0002\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000OpusHead\u0001\u0001')
const mp4 = btoa('\u0000\u0000\u0000\u0018ftypmp42\u0000\u0000\u0000\u0000mp42isom')

const samples: Record<string, { mime: string; data: string }> = {
  image: { mime: 'image/png', data: png },
  sticker: { mime: 'image/webp', data: webp },
  document: { mime: 'application/pdf', data: pdf },
  audio: { mime: 'audio/ogg; codecs=opus', data: ogg },
  video: { mime: 'video/mp4', data: mp4 },
}

export function sampleMedia(type: string): { mime: string; bytes: Uint8Array<ArrayBuffer> } {
  const sample = samples[type] ?? { mime: 'application/octet-stream', data: '' }
  return { mime: sample.mime, bytes: unbase64(sample.data) }
}
