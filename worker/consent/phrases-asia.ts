// What people write in Hindi (in both its scripts), Bengali, Urdu, Arabic and Indonesian. Pure data, in the notation of language.ts.
// Called by keywords.ts. A word that answers ordinary questions (mulai, شروع, বন্ধ) does not stand here by itself.

import type { Language } from './language.ts'

export const hi: Language = {
  tag: 'hi',
  please: 'कृपया|प्लीज|प्लीज़|धन्यवाद',
  asks: 'क्या आप',
  names: {
    data: 'मेरा डेटा|मेरा डाटा|मेरा सारा डेटा|मेरा सारा डाटा',
    mine: '{data}|मेरा पर्सनल डेटा|मेरा निजी डेटा|मेरी जानकारी|मेरी सारी जानकारी',
    do: 'करो|करें|कर दो|कर दें|कीजिए|कर दीजिए',
  },
  says: {
    delete: `
      {mine} + हटाओ|हटाएं|हटाइए|हटा दो|हटा दें|हटा दीजिए|मिटाओ|मिटाएं|मिटा दो|मिटा दें|मिटा दीजिए|
        हटा सकते हैं
      {mine} + डिलीट + {do}`,
    export: `
      |मुझे + {data} + भेजो|भेजें|भेजिए|भेज दो|भेज दें|दो|दें|दीजिए
      {data} + एक्सपोर्ट|डाउनलोड + {do}`,
    access: `
      आपके पास|तुम्हारे पास + मेरा क्या डेटा है|मेरा क्या डाटा है|मेरा कौन सा डेटा है|
        मेरे बारे में क्या डेटा है|मेरे बारे में क्या जानकारी है|मेरी क्या जानकारी है
      मेरे बारे में + आपके पास क्या डेटा है|आपके पास क्या डाटा है|आपके पास क्या जानकारी है
      मेरा डेटा दिखाओ|मेरा डेटा दिखाएं`,
    stop: `
      मैसेज|मेसेज|संदेश + |भेजना|करना + बंद + {do}
      मुझे + मैसेज|मेसेज|संदेश + मत भेजो|मत भेजें|मत भेजिए|न भेजें|ना भेजें
      स्टॉप|अनसब्सक्राइब`,
    start: 'मैसेज|मेसेज|संदेश + फिर से शुरू + {do}',
  },
  carries: {
    access: 'मुझे बताएं कि आपके पास मेरे बारे में क्या डेटा है',
    export: 'मुझे मेरा डेटा भेजें',
    delete: 'मेरा डेटा हटाएं',
    correct: 'मेरा डेटा ठीक करें',
    object: 'मुझे अपने डेटा के उपयोग पर आपत्ति है',
    restrict: 'मेरे डेटा का उपयोग सीमित करें',
  },
  code: 'कोड',
}

export const hiLatn: Language = {
  tag: 'hi-Latn',
  please: 'please|pls|plz|kripya|dhanyavad',
  asks: 'kya aap',
  names: {
    data: 'mera data|mera sara data|mera personal data',
    mine: '{data}|meri jankari|meri saari jankari',
    do: 'karo|kar do|kardo|kare|karen|karein|kar de|kar dein|kijiye|kar dijiye|kar dijiyega',
  },
  says: {
    delete: `
      {mine} + delete|remove + {do}|kar sakte hain|kar sakte ho
      {mine} + hatao|hata do|hatado|hataye|hata dijiye|mitao|mita do|mita dijiye`,
    export: `
      |mujhe|muje + {data} + bhejo|bhej do|bhejiye|bhej dijiye|do|de do|dijiye|send karo|send kar do
      {data} + export|download + {do}`,
    access: `
      aapke paas|apke pas|aap ke paas|tumhare paas + mera kya data hai|mera kaun sa data hai|
        mere bare me kya data hai|mere baare mein kya data hai|meri kya jankari hai
      mere bare me|mere baare mein + aapke paas|apke pas + kya data hai|kya jankari hai
      mera data dikhao`,
    stop: `
      message|messages|msg|sandesh + |bhejna|karna + band + {do}
      |mujhe|muje + message|messages|msg|sandesh + mat bhejo|mat bhejiye|mat karo|na bheje`,
    start: 'message|messages|msg|sandesh + phir se|fir se + shuru|start + {do}',
  },
  carries: {
    access: 'Mujhe batayein ki aapke paas mere bare mein kya data hai',
    export: 'Mujhe mera data bhejein',
    delete: 'Mera data delete karein',
    correct: 'Mera data theek karein',
    object: 'Mujhe apne data ke upyog par aapatti hai',
    restrict: 'Mere data ka upyog seemit karein',
  },
  code: 'Code',
}

export const bn: Language = {
  tag: 'bn',
  please: 'দয়া করে|অনুগ্রহ করে|প্লিজ|ধন্যবাদ|doya kore|please',
  asks: 'আপনি কি|আপনারা কি',
  names: {
    data: `
      আমার ডেটা|আমার ডাটা|আমার সব ডেটা|আমার সব ডাটা|আমার তথ্য|আমার সব তথ্য|আমার ব্যক্তিগত তথ্য|
        amar data|amar shob data|amar tothyo`,
    mine: '{data}',
    do: 'করুন|করো|করে দিন|করে দাও|korun|koro|kore din|kore dao',
  },
  says: {
    delete: `
      {mine} + মুছে ফেলুন|মুছে ফেলো|মুছে দিন|মুছে দাও|মুছুন|muche felun|muche felo|muche din|muche dao
      {mine} + ডিলিট|delete + {do}`,
    export: `
      |আমাকে|amake + {mine} + পাঠান|পাঠাও|পাঠিয়ে দিন|দিন|pathan|pathao|din
      {mine} + এক্সপোর্ট|ডাউনলোড|export|download + {do}`,
    access: `
      আমার সম্পর্কে + আপনাদের কাছে|আপনার কাছে|তোমাদের কাছে + কী|কি + তথ্য আছে|ডেটা আছে|ডাটা আছে
      আপনাদের কাছে|আপনার কাছে + আমার|আমার সম্পর্কে + কী|কি + তথ্য আছে|ডেটা আছে|ডাটা আছে
      amar somporke apnader kache ki tothyo ache|apnader kache amar ki data ache`,
    stop: `
      মেসেজ|বার্তা|message + |পাঠানো|pathano + বন্ধ|bondho + {do}
      আমাকে| + মেসেজ|বার্তা + পাঠাবেন না|দেবেন না
      amake message pathaben na|স্টপ|আনসাবস্ক্রাইব`,
    start: `
      মেসেজ|বার্তা + আবার শুরু + {do}
      message abar shuru korun`,
  },
  carries: {
    access: 'আমার সম্পর্কে আপনাদের কাছে কী তথ্য আছে তা জানান',
    export: 'আমাকে আমার ডেটা পাঠান',
    delete: 'আমার ডেটা মুছে ফেলুন',
    correct: 'আমার ডেটা সংশোধন করুন',
    object: 'আমার ডেটা ব্যবহারে আমার আপত্তি আছে',
    restrict: 'আমার ডেটার ব্যবহার সীমিত করুন',
  },
  code: 'কোড',
}

export const ur: Language = {
  tag: 'ur',
  please: 'براہ کرم|براہ مہربانی|مہربانی کر کے|پلیز|شکریہ',
  asks: 'کیا آپ',
  names: {
    data: 'میرا ڈیٹا|میرا سارا ڈیٹا|میرا ذاتی ڈیٹا',
    mine: '{data}|میری معلومات|میری ساری معلومات',
    do: 'کریں|کرو|کر دیں|کر دو|کیجیے|کر دیجیے',
  },
  says: {
    delete: `
      {mine} + حذف|ڈیلیٹ + {do}
      {mine} + مٹا دیں|مٹا دو|مٹاؤ|مٹائیں|ہٹا دیں|ہٹا دو|ہٹائیں`,
    export: `
      |مجھے + {data} + بھیجیں|بھیجو|بھیج دیں|بھیج دو|دیں|دے دیں
      {data} + ایکسپورٹ|ڈاؤن لوڈ + {do}`,
    access: `
      آپ کے پاس + میرا کیا ڈیٹا ہے|میرے بارے میں کیا ڈیٹا ہے|میرے بارے میں کیا معلومات ہیں|
        میری کیا معلومات ہیں
      میرے بارے میں + آپ کے پاس کیا ڈیٹا ہے|آپ کے پاس کیا معلومات ہیں`,
    stop: `
      پیغامات|پیغام|میسج|میسجز + |بھیجنا + بند + {do}
      مجھے + پیغامات|پیغام|میسج + نہ بھیجیں|مت بھیجو|مت بھیجیں|نہ کریں
      اسٹاپ|ان سبسکرائب`,
    start: 'پیغامات|میسج + دوبارہ شروع + {do}',
  },
  carries: {
    access: 'مجھے بتائیں کہ آپ کے پاس میرے بارے میں کیا ڈیٹا ہے',
    export: 'مجھے میرا ڈیٹا بھیجیں',
    delete: 'میرا ڈیٹا حذف کریں',
    correct: 'میرا ڈیٹا درست کریں',
    object: 'مجھے اپنے ڈیٹا کے استعمال پر اعتراض ہے',
    restrict: 'میرے ڈیٹا کا استعمال محدود کریں',
  },
  code: 'کوڈ',
}

export const ar: Language = {
  tag: 'ar',
  please: 'من فضلك|من فضلكم|رجاء|لو سمحت|لو سمحتم|شكرا',
  asks: 'أريد|أرغب في|أود|أطلب|هل يمكنك|هل يمكنكم|ممكن',
  names: {
    data: 'بياناتي|بياناتي الشخصية|كل بياناتي|جميع بياناتي',
    mine: '{data}|معلوماتي|معلوماتي الشخصية',
  },
  says: {
    delete: `
      احذف|احذفوا|امسح|امسحوا|حذف|مسح|محو|إزالة + {mine}
      احذف كل شيء عني`,
    export: `
      أرسل لي|أرسلوا لي|ارسل|صدر|تصدير|تنزيل|أعطني|أعطوني + {data}
      |أرسل لي|أرسلوا لي + نسخة من بياناتي
      أريد بياناتي`,
    access: `
      ما|ما هي + البيانات|المعلومات + التي لديكم|التي لديك|التي عندكم|التي تحتفظون بها + عني
      ماذا تعرفون عني|أروني بياناتي`,
    stop: `
      أوقف|أوقفوا|إيقاف|وقف + الرسائل|الرسائل الترويجية|الإعلانات|إرسال الرسائل
      لا + تراسلني|تراسلوني|ترسل لي رسائل|ترسلوا لي رسائل|ترسل لي|ترسلوا لي
      توقف عن مراسلتي|توقفوا عن مراسلتي|إلغاء الاشتراك|ألغ اشتراكي
      إيقاف|ستوب`,
    start: `
      استئناف|استأنف|استأنفوا + الرسائل
      أعد الرسائل|ابدأ الرسائل`,
  },
  carries: {
    access: 'أخبروني ما البيانات التي لديكم عني',
    export: 'أرسلوا لي بياناتي',
    delete: 'احذفوا بياناتي',
    correct: 'صححوا بياناتي',
    object: 'أعترض على استخدام بياناتي',
    restrict: 'قيدوا استخدام بياناتي',
  },
  code: 'الرمز',
}

export const id: Language = {
  tag: 'id',
  please: 'tolong|mohon|harap|terima kasih|makasih',
  asks: 'saya mau|saya ingin|aku mau|bisa|bisakah anda|tolong bisa|bisa tolong|saya minta',
  names: {
    data: 'data saya|semua data saya|seluruh data saya|data pribadi saya',
    mine: '{data}|informasi saya|informasi pribadi saya|dataku|semua dataku',
  },
  says: {
    delete: 'hapus|hapuskan|menghapus|delete|hilangkan + {mine}',
    export: `
      kirim|kirimkan|ekspor|unduh|minta|berikan + {data}
      |kirim|kirimkan|minta|berikan + salinan data saya`,
    access: `
      data apa|data apa saja|informasi apa|informasi apa saja + yang + anda|kalian|kamu + punya|miliki|
        simpan + tentang saya|mengenai saya|tentang aku`,
    stop: `
      berhenti|stop + kirim|mengirim|kirimi saya|mengirimi saya + pesan|promosi
      jangan + kirim|kirimi saya|kirim saya + pesan lagi|pesan|promosi lagi
      berhenti berlangganan|saya mau berhenti berlangganan|berhenti`,
    start: `
      mulai|lanjutkan + kirim|mengirim + pesan lagi|pesan
      berlangganan lagi|lanjutkan pesan`,
  },
  carries: {
    access: 'Beri tahu saya data apa yang Anda punya tentang saya',
    export: 'Kirimkan data saya',
    delete: 'Hapus data saya',
    correct: 'Perbaiki data saya',
    object: 'Saya keberatan atas penggunaan data saya',
    restrict: 'Batasi penggunaan data saya',
  },
  code: 'Kode',
}
