// What people write in English, Spanish, Portuguese, French and German. Pure data, in the notation of language.ts. Called by
// keywords.ts. A word that answers ordinary questions (cancel, baja, sair, end) does not stand here by itself.

import type { Language } from './language.ts'

export const en: Language = {
  tag: 'en',
  please: 'please|pls|kindly|thanks|thank you',
  asks: `
    can|could|will|would + you
    can you|could you|would you + please
    i want|i would like|id like|i ask you + to|you to
    i want you to please`,
  names: {
    data: 'my data|my personal data|all my data',
    mine: '{data}|my information|my personal information',
  },
  says: {
    delete: `
      delete|erase|remove|wipe + {mine}|my info|my details|the data you have about me
      delete|erase + everything|all data|all the data + about me|you have about me|you have on me
      i want my data|i want all my data + deleted|erased|removed
      delete all of my data|forget me|right to be forgotten|i want to be forgotten`,
    export: `
      export|download|send me|give me|send me a copy of|give me a copy of + {data}
      send + {data} + to me
      i want my data|i want a copy of my data|a copy of my data`,
    access: `
      what data|which data|what information|what personal data + do you|have you + have|hold|store|
        keep|got|stored + about me|on me|of me|of mine
      show me|let me see + my data|my personal data|the data you have about me|
        what data you have about me
      what do you know about me`,
    stop: `
      stop + |all|messages|promotions|promotional messages|marketing|messaging me|texting me|
        sending me messages|writing to me|contacting me
      do not|dont + message me|text me|contact me + |again|anymore|any more
      stopall|unsubscribe|unsubscribe me|opt out
      optout|no more messages`,
    start: `
      start + |messages|promotions
      resume|restart + messages|promotions
      unstop|resubscribe|opt in
      optin`,
  },
  carries: {
    access: 'Show me what data you have about me',
    export: 'Send me my data',
    delete: 'Delete my data',
    correct: 'Correct my data',
    object: 'I object to the use of my data',
    restrict: 'Restrict the use of my data',
  },
  code: 'Code',
}

export const es: Language = {
  tag: 'es',
  please: 'por favor|porfavor|porfa|gracias',
  asks: `
    quiero|quisiera|me gustaría|deseo|solicito|puedes|puede|pueden|podéis|podrías|podría|podrían|
      quiero que`,
  names: {
    data: 'mis datos|mis datos personales|todos mis datos|todos mis datos personales',
    mine: '{data}|mi información|mi información personal|toda mi información',
  },
  says: {
    delete: `
      borra|borre|borren|borrad|borrar|elimina|elimine|eliminen|eliminad|eliminar|suprima|suprimir|
        suprimid + {mine}
      borra|borren|elimina|eliminen + todo lo que tienes sobre mí|todo lo que tienen sobre mí
      derecho al olvido`,
    export: `
      exporta|exporten|exportar|descargar|envíame|envíeme|envíenme|enviadme|mándame|mándenme|mandadme|
        dame|denme + {data}
      |envíame|envíenme|mándame|mándenme|dame|quiero + una copia de mis datos
      quiero mis datos`,
    access: `
      qué datos|qué información|cuáles datos + tienes|tiene|tienen|tenéis|guardan|guardáis + sobre mí|
        de mí|míos|mía|acerca de mí
      qué datos míos + tienes|tiene|tienen|tenéis`,
    stop: `
      darme|dame|deme|denme|dadme|dar + de baja
      no me + escriban|escribas|escriba|escribáis|manden|mandes|envíen|envíes + más|más mensajes
      no quiero + |recibir + más mensajes|más promociones
      deja|deje|dejen|dejad + de escribirme|de mandarme mensajes|de enviarme mensajes
      detener|parar + mensajes|promociones|los mensajes|las promociones
      quiero darme de baja|no más mensajes`,
    start: `
      reanudar + |mensajes|los mensajes
      volver a suscribirme|quiero volver a recibir mensajes`,
  },
  carries: {
    access: 'Díganme qué datos tienen sobre mí',
    export: 'Envíenme mis datos',
    delete: 'Borren mis datos',
    correct: 'Corrijan mis datos',
    object: 'Me opongo al uso de mis datos',
    restrict: 'Limiten el uso de mis datos',
  },
  code: 'Código',
}

export const pt: Language = {
  tag: 'pt',
  please: 'por favor|por gentileza|pfv|obrigado|obrigada',
  asks: `
    quero|queria|gostaria de|desejo|solicito|pode|podem|poderia|poderiam|você pode|vocês podem|
      quero que`,
  names: {
    data: `
      meus dados|os meus dados|meus dados pessoais|os meus dados pessoais|todos os meus dados|
        todos meus dados`,
    mine: '{data}|minhas informações',
  },
  says: {
    delete: `
      apague|apaga|apaguem|apagar|exclua|excluam|excluir|delete|deletem|deletar|elimine|eliminem|
        eliminar|remova|removam|remover + {mine}
      direito ao esquecimento`,
    export: `
      exporte|exportem|exportar|baixar|envie|enviem|me envie|me enviem|envie me|me mande|me mandem|
        mande me + {data}
      |me envie|me enviem|me mande|quero + uma cópia dos meus dados
      quero meus dados|quero os meus dados`,
    access: `
      que dados|quais dados|quais informações|que informações + |vocês|você + têm|tem|guardam|
        possuem + sobre mim|de mim|a meu respeito
      que dados meus|quais dados meus + vocês têm|você tem`,
    stop: `
      parar|parem|pare|para|deixem|deixe + de me mandar mensagens|de me enviar mensagens|
        de me mandar mensagem
      não me + mande|mandem|envie|enviem + mais + |mensagens|mensagem
      não quero + mais mensagens|mais receber mensagens|receber mais mensagens|mais promoções
      parar de receber mensagens|parar mensagens|parar promoções|descadastrar
      me descadastre|me descadastrem|cancelar inscrição`,
    start: `
      retomar + mensagens|as mensagens
      voltar a receber mensagens|quero voltar a receber mensagens`,
  },
  carries: {
    access: 'Digam-me que dados vocês têm sobre mim',
    export: 'Enviem-me os meus dados',
    delete: 'Apaguem os meus dados',
    correct: 'Corrijam os meus dados',
    object: 'Oponho-me ao uso dos meus dados',
    restrict: 'Limitem o uso dos meus dados',
  },
  code: 'Código',
}

export const fr: Language = {
  tag: 'fr',
  please: "svp|stp|s'il vous plaît|s'il te plaît|merci|merci de|veuillez",
  asks: 'je veux|je voudrais|je souhaite|j',
  names: {
    data: `
      mes données|mes données personnelles|toutes mes données|toutes mes données personnelles`,
    mine: '{data}|mes informations|mes informations personnelles',
  },
  says: {
    delete: `
      supprimez|supprime|supprimer|effacez|efface|effacer + {mine}|tout ce que vous avez sur moi
      oubliez-moi|droit à l'oubli`,
    export: `
      exportez|exporte|exporter|télécharger|envoyez-moi|envoie-moi|m'envoyer|donnez-moi|
        transmettez-moi + {data}
      |envoyez-moi|envoie-moi|donnez-moi|je veux|je voudrais + une copie de mes données
      je veux mes données`,
    access: `
      quelles données|quelles informations|quelles sont les données que + avez-vous|as-tu|vous avez|
        tu as|détenez-vous|conservez-vous + sur moi|à mon sujet|me concernant
      que savez-vous sur moi`,
    stop: `
      arrêtez|arrête + de m'écrire|de m'envoyer des messages|les messages|de me contacter
      ne + m'écrivez plus|m'envoyez plus de messages|me contactez plus
      désabonnez|désabonne|désinscrivez|désinscris + moi
      me désabonner|se désabonner|désabonner|désabonnement
      me désinscrire|je veux me désabonner|plus de messages svp|je ne veux plus de messages
      je ne veux plus recevoir de messages`,
    start: `
      reprendre|reprenez + les messages
      me réabonner|réabonnez-moi`,
  },
  carries: {
    access: 'Dites-moi quelles données vous avez sur moi',
    export: 'Envoyez-moi mes données',
    delete: 'Supprimez mes données',
    correct: 'Corrigez mes données',
    object: "Je m'oppose à l'utilisation de mes données",
    restrict: "Limitez l'utilisation de mes données",
  },
  code: 'Code',
}

export const de: Language = {
  tag: 'de',
  please: 'bitte|danke',
  asks: `
    ich möchte|ich will|kannst du|könnt ihr|können sie|könntet ihr|könnten sie|würdet ihr|
      kannst du bitte|könnt ihr bitte|können sie bitte|ich möchte bitte`,
  names: {
    data: 'meine daten|meine personenbezogenen daten|meine persönlichen daten|alle meine daten',
    mine: '{data}|alle daten über mich|alle daten von mir',
  },
  says: {
    delete: `
      lösche|lösch|löscht|löschen sie|entferne|entfernt|entfernen sie + {mine}
      {mine} + löschen|entfernen|gelöscht haben
      löschen sie bitte|löscht bitte|lösche bitte + {mine}
      recht auf vergessenwerden`,
    export: `
      schick mir|schicke mir|schickt mir|schicken sie mir|sende mir|sendet mir|senden sie mir|gebt mir|
        exportiere|exportieren sie + {data}
      {data} + exportieren|herunterladen|zusenden|schicken
      |ich möchte|schickt mir|schicken sie mir|senden sie mir + eine kopie meiner daten
      ich möchte meine daten`,
    access: `
      welche daten|welche informationen + habt ihr|haben sie|hast du|speichert ihr|speichern sie +
        über mich|von mir|zu mir|über mich gespeichert|von mir gespeichert
      was wisst ihr über mich|was wissen sie über mich|auskunft über meine daten`,
    stop: `
      keine + nachrichten mehr|werbung mehr|nachrichten mehr senden|werbung mehr senden
      schreibt|schreib|schreiben sie + mir nicht mehr|mir bitte nicht mehr
      ich will|ich möchte + keine nachrichten mehr|keine werbung mehr
      nachrichten stoppen|nachrichten abbestellen|stopp|abbestellen
      abmelden`,
    start: `
      nachrichten + wieder senden|fortsetzen|wieder starten
      wieder anmelden`,
  },
  carries: {
    access: 'Sagt mir, welche Daten ihr über mich habt',
    export: 'Schickt mir meine Daten',
    delete: 'Löscht meine Daten',
    correct: 'Berichtigt meine Daten',
    object: 'Ich widerspreche der Nutzung meiner Daten',
    restrict: 'Schränkt die Nutzung meiner Daten ein',
  },
  code: 'Code',
}
