// The emoji people choose from: few enough to look through, named so that they can be found.

const GROUPS = {
  "Often used": `👍 thumbs up yes|👎 thumbs down no|❤️ heart love|🎉 party tada celebrate|😄 smile happy|😂 joy laugh tears|🙏 thanks please pray|👀 eyes look watching|✅ check done yes|❌ cross no wrong|🚀 rocket ship launch|🔥 fire hot|💯 hundred perfect|🤔 thinking hmm|👏 clap bravo|🙌 hands up hooray`,
  Faces: `😀 grin|😃 happy|😅 sweat phew|🤣 rolling laugh|😊 blush|😇 angel|🙂 slight smile|🙃 upside down|😉 wink|😍 heart eyes|😘 kiss|😋 yum|😜 tongue|🤗 hug|🤭 giggle oops|🤫 quiet shush|🤐 zip mouth|😐 neutral|😑 blank|😶 no mouth|😏 smirk|😒 unamused|🙄 eye roll|😬 grimace|😌 relieved|😔 sad pensive|😴 sleep tired|🤒 ill sick|🤕 hurt|🤯 mind blown|🥳 party face|😎 cool sunglasses|🤓 nerd|🧐 monocle inspect|😕 confused|😟 worried|😮 wow open mouth|😲 astonished|😳 flushed|🥺 pleading|😢 cry|😭 sob|😱 scream|😤 huff|😡 angry|🤬 swear|💀 skull dead|🤡 clown|👻 ghost|🤖 robot bot|😺 cat`,
  Hands: `👋 wave hello bye|🤚 raised back hand|✋ stop hand|👌 ok|🤌 pinched|✌️ peace victory|🤞 fingers crossed luck|🤟 love you|🤘 rock|👈 left|👉 right|👆 up|👇 down|☝️ one point|✊ fist|👊 punch bump|🤝 handshake deal|💪 strong muscle|✍️ write|🫡 salute|🫶 heart hands|🤷 shrug|🤦 facepalm|🙋 raise hand me|💁 info|🧑‍💻 coder laptop|🕵️ detective`,
  Work: `💡 idea bulb|📌 pin|📎 clip|📝 memo note|📅 calendar date|📈 chart up growth|📉 chart down|📊 bar chart|📦 package release|🔧 wrench fix|🔨 hammer build|⚙️ gear settings|🐛 bug|🧪 test tube|🔍 search look|🔒 lock secure|🔑 key|🔔 bell alert|🔕 mute|⏰ alarm clock|⏳ hourglass wait|⌛ time up|🗑️ bin delete|📣 announce megaphone|💬 speech talk|💾 save disk|💻 laptop computer|🖥️ screen|📱 phone|🔋 battery|🔌 plug power|🌐 globe web|☁️ cloud|🚨 siren incident alarm|🚧 construction wip|🚦 lights|🏁 finish flag|🎯 target goal|🏆 trophy win|🥇 first gold|🎁 gift`,
  Nature: `☀️ sun|🌙 moon|⭐ star|✨ sparkles new|⚡ bolt fast|❄️ snow cold|🌈 rainbow|🌊 wave sea|🌱 seedling grow|🌳 tree|🌸 blossom|🍀 clover luck|🐶 dog|🐱 cat|🦊 fox|🐻 bear|🐼 panda|🐢 turtle slow|🐙 octopus|🦄 unicorn|🐝 bee busy|🦉 owl|🐧 penguin|🐘 elephant`,
  Food: `☕ coffee|🍵 tea|🍺 beer|🍻 cheers|🥂 toast|🍕 pizza|🍔 burger|🌮 taco|🍜 noodles|🍣 sushi|🥗 salad|🍞 bread|🥐 croissant|🍎 apple|🍌 banana|🍓 strawberry|🍪 cookie|🍰 cake|🎂 birthday cake|🍫 chocolate|🍿 popcorn|🌶️ hot pepper`,
  Signs: `➕ plus|➖ minus|❓ question|❗ exclamation|⁉️ what|⚠️ warning|⛔ stop|🆗 ok|🆕 new|🔴 red|🟠 orange|🟡 yellow|🟢 green|🔵 blue|🟣 purple|⚪ white|⚫ black|💚 green heart|💙 blue heart|💜 purple heart|🧡 orange heart|💔 broken heart|💤 sleep zzz|💥 boom|♻️ recycle|🔁 repeat|⬆️ up arrow|⬇️ down arrow|➡️ right arrow|⬅️ left arrow|1️⃣ one|2️⃣ two|3️⃣ three`,
}

/** [{group, emoji: [{char, name}]}] */
export const EMOJI = Object.entries(GROUPS).map(([group, text]) => ({
  group,
  emoji: text.split("|").map((item) => {
    const space = item.indexOf(" ")
    return { char: item.slice(0, space), name: item.slice(space + 1) }
  }),
}))

const ALL = EMOJI.flatMap(({ emoji }) => emoji)

/** Every emoji whose name has all the words of `text`, the names that begin with it first. */
export function findEmoji(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const found = ALL.filter(({ name }) => words.every((word) => name.includes(word)))
  return found.sort((a, b) => b.name.startsWith(words[0]) - a.name.startsWith(words[0]))
}

export const nameOf = (char) => ALL.find((emoji) => emoji.char === char)?.name ?? char
