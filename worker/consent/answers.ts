// What is said in the chat to somebody who asked for something there: short, plain, in their language, each with the address
// to write to. Pure. Called by rights/chat.ts.

import type { Purpose } from './keywords.ts'
import { languages } from './keywords.ts'

export type Answer =
  | { says: 'received' | 'again'; type: Purpose; url: string; dueAt: number }
  | { says: 'stopped' | 'started' }
  /** A code that nobody issued, or that is over. `url`: where there are new ones. */
  | { says: 'over'; url: string }

type Words = Record<Answer['says'], string> & { contact: string }

/** `{what}` is what the person asked for, `{date}` when the answer is due. */
const words: Record<string, Words> = {
  en: {
    received: 'Request received: “{what}”. See where it stands: {url}\nThe answer is due by {date}.',
    again:
      'You have asked for this already: “{what}”. See where it stands: {url}\nThe answer is due by {date}.',
    stopped:
      'Noted. This business will not start conversations with you. It may still answer when you write. To allow it again, write: START',
    started: 'Noted. This business may start conversations with you again. To object, write: STOP',
    over: 'This code is unknown, used or out of date. Get a new one: {url}',
    contact: 'Questions: {contact}',
  },
  hi: {
    received: 'अनुरोध मिल गया: “{what}”। स्थिति यहाँ देखें: {url}\nउत्तर {date} तक दिया जाना है।',
    again: 'आपने यह अनुरोध पहले ही किया है: “{what}”। स्थिति यहाँ देखें: {url}\nउत्तर {date} तक दिया जाना है।',
    stopped:
      'दर्ज किया गया। यह व्यवसाय आपसे बातचीत शुरू नहीं करेगा। आपके लिखने पर वह उत्तर दे सकता है। फिर से अनुमति देने के लिए लिखें: मैसेज फिर से शुरू करें',
    started: 'दर्ज किया गया। यह व्यवसाय आपसे फिर से बातचीत शुरू कर सकता है। रोकने के लिए लिखें: मैसेज बंद करें',
    over: 'यह कोड अज्ञात है, इस्तेमाल हो चुका है या पुराना है। नया कोड यहाँ लें: {url}',
    contact: 'प्रश्न: {contact}',
  },
  'hi-Latn': {
    received: 'Request mil gayi: “{what}”. Status yahan dekhein: {url}\nJawab {date} tak diya jana hai.',
    again:
      'Aap yeh request pehle hi kar chuke hain: “{what}”. Status yahan dekhein: {url}\nJawab {date} tak diya jana hai.',
    stopped:
      'Note kar liya. Yeh business aapse baat shuru nahi karega. Aapke likhne par jawab de sakta hai. Phir se anumati dene ke liye likhein: message phir se shuru karein',
    started:
      'Note kar liya. Yeh business aapse phir se baat shuru kar sakta hai. Rokne ke liye likhein: message band karein',
    over: 'Yeh code galat hai, istemal ho chuka hai ya purana hai. Naya code yahan lein: {url}',
    contact: 'Sawal: {contact}',
  },
  bn: {
    received: 'অনুরোধ পাওয়া গেছে: “{what}”। অবস্থা এখানে দেখুন: {url}\n{date} এর মধ্যে উত্তর দেওয়ার কথা।',
    again: 'আপনি আগেই এই অনুরোধ করেছেন: “{what}”। অবস্থা এখানে দেখুন: {url}\n{date} এর মধ্যে উত্তর দেওয়ার কথা।',
    stopped:
      'লিখে রাখা হয়েছে। এই ব্যবসা আপনার সঙ্গে আর কথা শুরু করবে না। আপনি লিখলে উত্তর দিতে পারে। আবার অনুমতি দিতে লিখুন: মেসেজ আবার শুরু করুন',
    started: 'লিখে রাখা হয়েছে। এই ব্যবসা আবার আপনার সঙ্গে কথা শুরু করতে পারে। থামাতে লিখুন: মেসেজ বন্ধ করুন',
    over: 'এই কোড অজানা, ব্যবহৃত বা পুরোনো। নতুন কোড এখানে নিন: {url}',
    contact: 'প্রশ্ন: {contact}',
  },
  ur: {
    received: 'درخواست موصول ہو گئی: “{what}”۔ صورت حال یہاں دیکھیں: {url}\nجواب {date} تک دیا جانا ہے۔',
    again:
      'آپ یہ درخواست پہلے ہی کر چکے ہیں: “{what}”۔ صورت حال یہاں دیکھیں: {url}\nجواب {date} تک دیا جانا ہے۔',
    stopped:
      'نوٹ کر لیا گیا۔ یہ کاروبار آپ سے بات شروع نہیں کرے گا۔ آپ کے لکھنے پر جواب دے سکتا ہے۔ دوبارہ اجازت دینے کے لیے لکھیں: پیغامات دوبارہ شروع کریں',
    started:
      'نوٹ کر لیا گیا۔ یہ کاروبار آپ سے دوبارہ بات شروع کر سکتا ہے۔ روکنے کے لیے لکھیں: پیغامات بند کریں',
    over: 'یہ کوڈ نامعلوم، استعمال شدہ یا پرانا ہے۔ نیا کوڈ یہاں لیں: {url}',
    contact: 'سوالات: {contact}',
  },
  ar: {
    received: 'تم استلام الطلب: “{what}”. تابع حالته هنا: {url}\nموعد الرد حتى {date}.',
    again: 'سبق أن طلبت هذا: “{what}”. تابع حالته هنا: {url}\nموعد الرد حتى {date}.',
    stopped:
      'تم التسجيل. لن تبدأ هذه الشركة محادثة معك. يمكنها الرد عندما تكتب. للسماح مجددا اكتب: استئناف الرسائل',
    started: 'تم التسجيل. يمكن لهذه الشركة أن تبدأ محادثة معك مجددا. للاعتراض اكتب: إيقاف الرسائل',
    over: 'هذا الرمز غير معروف أو مستخدم أو منتهي. احصل على رمز جديد: {url}',
    contact: 'للأسئلة: {contact}',
  },
  es: {
    received:
      'Solicitud recibida: «{what}». Mira cómo va: {url}\nLa respuesta debe llegar a más tardar el {date}.',
    again:
      'Ya lo habías pedido: «{what}». Mira cómo va: {url}\nLa respuesta debe llegar a más tardar el {date}.',
    stopped:
      'Anotado. Esta empresa no iniciará conversaciones contigo. Puede responder cuando escribas. Para permitirlo de nuevo, escribe: REANUDAR',
    started:
      'Anotado. Esta empresa puede volver a iniciar conversaciones contigo. Para oponerte, escribe: NO MÁS MENSAJES',
    over: 'Este código es desconocido, está usado o ha caducado. Pide otro: {url}',
    contact: 'Preguntas: {contact}',
  },
  pt: {
    received: 'Pedido recebido: “{what}”. Acompanhe aqui: {url}\nA resposta deve chegar até {date}.',
    again: 'Já tinha feito este pedido: “{what}”. Acompanhe aqui: {url}\nA resposta deve chegar até {date}.',
    stopped:
      'Anotado. Esta empresa não iniciará conversas consigo. Pode responder quando escrever. Para permitir de novo, escreva: RETOMAR MENSAGENS',
    started:
      'Anotado. Esta empresa pode voltar a iniciar conversas consigo. Para se opor, escreva: PARAR MENSAGENS',
    over: 'Este código é desconhecido, já foi usado ou expirou. Peça outro: {url}',
    contact: 'Perguntas: {contact}',
  },
  id: {
    received: 'Permintaan diterima: “{what}”. Lihat perkembangannya: {url}\nJawaban paling lambat {date}.',
    again: 'Anda sudah meminta ini: “{what}”. Lihat perkembangannya: {url}\nJawaban paling lambat {date}.',
    stopped:
      'Dicatat. Bisnis ini tidak akan memulai percakapan dengan Anda. Bisnis ini boleh menjawab bila Anda menulis. Untuk mengizinkan lagi, tulis: LANJUTKAN PESAN',
    started:
      'Dicatat. Bisnis ini boleh memulai percakapan dengan Anda lagi. Untuk menolak, tulis: BERHENTI KIRIM PESAN',
    over: 'Kode ini tidak dikenal, sudah dipakai, atau kedaluwarsa. Minta yang baru: {url}',
    contact: 'Pertanyaan: {contact}',
  },
  fr: {
    received: 'Demande reçue : « {what} ». Suivez-la ici : {url}\nLa réponse est due au plus tard le {date}.',
    again:
      'Vous l’avez déjà demandé : « {what} ». Suivez-la ici : {url}\nLa réponse est due au plus tard le {date}.',
    stopped:
      'C’est noté. Cette entreprise n’engagera plus de conversation avec vous. Elle peut répondre quand vous écrivez. Pour l’autoriser à nouveau, écrivez : REPRENDRE LES MESSAGES',
    started:
      'C’est noté. Cette entreprise peut de nouveau engager une conversation avec vous. Pour vous y opposer, écrivez : ARRÊTEZ LES MESSAGES',
    over: 'Ce code est inconnu, déjà utilisé ou périmé. Demandez-en un autre : {url}',
    contact: 'Questions : {contact}',
  },
  de: {
    received: 'Anfrage erhalten: „{what}“. So steht es um sie: {url}\nDie Antwort ist fällig bis {date}.',
    again:
      'Sie haben schon darum gebeten: „{what}“. So steht es darum: {url}\nDie Antwort ist fällig bis {date}.',
    stopped:
      'Vermerkt. Dieses Unternehmen beginnt kein Gespräch mehr mit Ihnen. Es darf antworten, wenn Sie schreiben. Um es wieder zu erlauben, schreiben Sie: NACHRICHTEN FORTSETZEN',
    started:
      'Vermerkt. Dieses Unternehmen darf wieder Gespräche mit Ihnen beginnen. Um zu widersprechen, schreiben Sie: NACHRICHTEN STOPPEN',
    over: 'Dieser Code ist unbekannt, verbraucht oder abgelaufen. Einen neuen gibt es hier: {url}',
    contact: 'Fragen: {contact}',
  },
}

/** In English where the language is not one of ours. `contact`: the operator's. */
export function answerText(answer: Answer, language: string, contact: string): string {
  const table = languages.find(({ tag }) => tag === language) ?? languages[0]
  const tag = table?.tag ?? 'en'
  const own = words[tag] as Words
  const parts: Record<string, string | undefined> = {
    contact,
    ...('url' in answer ? { url: answer.url } : {}),
    ...('type' in answer ? { what: table?.carries[answer.type], date: dateIn(tag, answer.dueAt) } : {}),
  }
  return `${own[answer.says]}\n${own.contact}`.replace(/\{(\w+)\}/g, (_, name: string) => parts[name] ?? '')
}

/** By UTC, as the status page has it. */
const dateIn = (tag: string, at: number): string =>
  new Intl.DateTimeFormat(tag === 'hi-Latn' ? 'en-IN' : tag, { dateStyle: 'long', timeZone: 'UTC' }).format(
    at,
  )
