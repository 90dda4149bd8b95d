// Emoji by group, with the words by which they are found. Read by emoji.tsx alone.

export type Entry = [emoji: string, names: string]

const parse = (lines: string): Entry[] =>
  lines.split('|').map((line) => {
    const at = line.indexOf(' ')
    return [line.slice(0, at), line.slice(at + 1)]
  })

export const groups: { name: string; all: Entry[] }[] = [
  {
    name: 'Faces',
    all: parse(
      '😀 grin happy smile|😃 smile happy open|😄 smile laugh eyes|😁 beam grin teeth|😆 laugh squint|' +
        '😅 sweat laugh relief|🤣 rofl floor laugh|😂 joy tears laugh|🙂 slight smile|🙃 upside down|' +
        '😉 wink|😊 blush smile warm|😇 angel halo|🥰 love hearts smile|😍 love heart eyes|' +
        '🤩 star struck wow|😘 kiss heart|😗 kiss|😋 yum tasty food|😛 tongue|😜 wink tongue joke|' +
        '🤪 zany crazy|🤗 hug|🤭 giggle hand|🤫 quiet shush secret|🤔 think hmm|🤐 zip mouth secret|' +
        '😐 neutral|😑 expressionless|😶 no mouth silent|😏 smirk|😒 unamused|🙄 eye roll|' +
        '😬 grimace awkward|😌 relieved calm|😔 pensive sad|😪 sleepy|😴 sleep zzz|😷 mask ill sick|' +
        '🤒 ill thermometer fever|🤕 hurt bandage|🤢 nausea sick|🤧 sneeze cold|🥵 hot heat|' +
        '🥶 cold freeze|😵 dizzy|🤯 mind blown|🥳 party celebrate|😎 cool sunglasses|🤓 nerd glasses|' +
        '😕 confused|😟 worried|🙁 frown sad|😮 surprised wow open|😲 astonished|😳 flushed embarrassed|' +
        '🥺 please pleading|😨 fear scared|😰 anxious sweat|😥 sad relieved|😢 cry sad tear|' +
        '😭 sob cry loud|😱 scream shock|😖 confounded|😣 persevere|😞 disappointed sad|😓 sweat downcast|' +
        '😩 weary|😫 tired|🥱 yawn bored tired|😤 huff triumph|😡 angry rage red|😠 angry|🤬 swear curse|' +
        '😈 devil smile|💀 skull dead|🤖 robot bot',
    ),
  },
  {
    name: 'Hands and people',
    all: parse(
      '👍 thumbs up yes ok good|👎 thumbs down no bad|👌 ok perfect hand|🤌 pinched fingers|' +
        '✌️ victory peace two|🤞 fingers crossed luck|🤟 love you hand|🤙 call me|👈 point left|' +
        '👉 point right|👆 point up|👇 point down|☝️ up finger one|✋ hand stop raised|🖐️ hand five|' +
        '👋 wave hello bye|🤝 handshake deal agree|🙏 please thanks pray|👏 clap applause bravo|' +
        '🙌 hooray hands celebrate|👐 open hands|💪 strong muscle|✍️ write sign|💅 nails|' +
        '👀 eyes look see|🧠 brain mind|👶 baby child|🧒 child|👩 woman|👨 man|👵 old woman grandmother|' +
        '👴 old man grandfather|👪 family|🙋 raise hand question|🤷 shrug unknown|🤦 facepalm|' +
        '🙇 bow sorry|🚶 walk|🏃 run hurry|💃 dance woman|🕺 dance man',
    ),
  },
  {
    name: 'Hearts and signs',
    all: parse(
      '❤️ heart love red|🧡 heart orange|💛 heart yellow|💚 heart green|💙 heart blue|💜 heart purple|' +
        '🖤 heart black|🤍 heart white|💔 broken heart|💕 hearts two love|💖 heart sparkle|' +
        '💯 hundred perfect|💥 boom|💫 dizzy star|💦 drops water sweat|💨 wind fast|✅ check done yes|' +
        '☑️ check box|✔️ check mark|❌ cross no wrong|❎ cross button|❗ exclamation important|' +
        '❓ question|⚠️ warning careful|🚫 forbidden no|⛔ no entry stop|🔴 red circle|🟢 green circle|' +
        '🟡 yellow circle|🔵 blue circle|⭐ star|🌟 star glow|✨ sparkles new|🔥 fire hot|' +
        '🎉 party tada celebrate|🎊 confetti celebrate|🎁 gift present|🎂 cake birthday|' +
        '🎈 balloon birthday|🏆 trophy win|🥇 gold medal first|🔔 bell reminder|🔕 bell silent|' +
        '➡️ arrow right|⬅️ arrow left|⬆️ arrow up|⬇️ arrow down|🔄 refresh again|🆕 new|🆗 ok|🆓 free|' +
        'ℹ️ information info',
    ),
  },
  {
    name: 'Work and things',
    all: parse(
      '📱 phone mobile|☎️ telephone call|📞 call receiver|💻 laptop computer|🖨️ printer|' +
        '📷 camera photo|🎥 film video|🎧 headphones music|🎵 music note|📚 books read|📖 book open|' +
        '📝 note memo write|✏️ pencil write|📌 pin|📍 place location pin|📎 clip attach|✂️ scissors cut|' +
        '📦 package parcel box|📫 mailbox post|✉️ envelope mail letter|📧 email|📄 page document|' +
        '📃 page bill receipt|🧾 receipt bill|📊 chart bars|📈 chart up growth|📉 chart down|' +
        '📅 calendar date|🗓️ calendar|⏰ alarm clock time|⏳ hourglass wait|⌛ hourglass done|' +
        '🕒 clock three|💡 idea light|🔦 torch light|🔑 key|🔒 lock secure|🔓 unlock open|' +
        '🔧 tool repair wrench|🔨 hammer|🧰 toolbox|🧹 broom clean|🗑️ bin trash|🛒 cart shopping|' +
        '🛍️ bags shopping|💳 card pay|💰 money bag|💶 euro money|💵 dollar money|🏷️ label price tag|' +
        '🎟️ ticket|💊 pill medicine|🩺 doctor stethoscope|🧴 lotion bottle|👕 shirt clothes|' +
        '👖 trousers jeans|👗 dress|👟 shoe sneaker|👠 shoe heel|🎒 backpack bag|👓 glasses|💍 ring',
    ),
  },
  {
    name: 'Food',
    all: parse(
      '🍞 bread loaf|🥐 croissant|🥖 baguette bread|🥨 pretzel|🥯 bagel|🧇 waffle|🥞 pancakes|🧀 cheese|' +
        '🍳 egg fried|🥚 egg|🥓 bacon|🍔 burger|🍟 fries|🍕 pizza|🌭 hot dog|🥪 sandwich|🌮 taco|🌯 burrito|' +
        '🥗 salad|🍝 pasta spaghetti|🍜 noodles soup|🍲 stew pot|🍛 curry rice|🍣 sushi|🍚 rice|🥟 dumpling|' +
        '🍤 shrimp|🍦 ice cream|🍩 donut|🍪 cookie|🎂 cake birthday|🍰 cake slice|🧁 cupcake|🍫 chocolate|' +
        '🍬 candy|🍯 honey|🍎 apple red|🍐 pear|🍊 orange|🍋 lemon|🍌 banana|🍉 melon watermelon|🍇 grapes|' +
        '🍓 strawberry|🍒 cherry|🍑 peach|🥭 mango|🍍 pineapple|🥥 coconut|🥑 avocado|🍅 tomato|🥕 carrot|' +
        '🌽 corn|🥔 potato|🧄 garlic|🧅 onion|☕ coffee hot|🍵 tea|🥤 drink cup|🧃 juice|🥛 milk|🍺 beer|' +
        '🍷 wine|🥂 toast cheers glasses|🍽️ plate dinner|🧂 salt',
    ),
  },
  {
    name: 'Places and nature',
    all: parse(
      '🏠 home house|🏡 house garden|🏢 office building|🏪 shop store|🏥 hospital|🏦 bank|🏨 hotel|' +
        '🏫 school|🚗 car|🚕 taxi|🚌 bus|🚚 truck delivery|🛵 scooter delivery|🚲 bicycle bike|🚆 train|' +
        '✈️ plane flight|🚀 rocket launch|🛳️ ship|⛽ fuel petrol|🚦 traffic light|🗺️ map|🧭 compass|' +
        '⛱️ beach umbrella|🏖️ beach holiday|⛰️ mountain|🌍 earth world|☀️ sun sunny|🌤️ sun cloud|' +
        '☁️ cloud|🌧️ rain|⛈️ storm|❄️ snow cold|☔ umbrella rain|🌈 rainbow|🌊 wave sea|🌙 moon night|' +
        '🌸 blossom flower|🌹 rose flower|🌻 sunflower|🌷 tulip flower|🌱 seedling plant|🌳 tree|' +
        '🌴 palm tree|🍀 clover luck|🍂 autumn leaves|🐶 dog|🐱 cat|🐭 mouse|🐰 rabbit|🐻 bear|🐼 panda|' +
        '🐯 tiger|🦁 lion|🐮 cow|🐷 pig|🐸 frog|🐵 monkey|🐔 chicken|🐦 bird|🦉 owl|🐝 bee|🦋 butterfly|' +
        '🐢 turtle|🐟 fish|🐬 dolphin|🐳 whale',
    ),
  },
]
