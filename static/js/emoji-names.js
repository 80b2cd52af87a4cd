// The emoji of the picker with their names in one language (static/vendor/emojibase, made by tools/emoji.py), and how they
// are found. An entry is [character, name, more words, 1 if it takes a tone].
comptoir.EmojiNames = class {
  static TONES = ["", "\u{1f3fb}", "\u{1f3fc}", "\u{1f3fd}", "\u{1f3fe}", "\u{1f3ff}"];

  /** As an entry looks in a tone, where it takes one: right behind the first sign, in the place of what says "picture". */
  static toned([character, , , takes], tone) {
    if (!takes || !tone) return character;
    const [first, ...rest] = character;
    return first + comptoir.EmojiNames.TONES[tone] + rest.join("").replace(/^\ufe0f/, "");
  }

  /** Whether the system draws flags: some write two letters instead. */
  static drawsFlags() {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = "20px 'Apple Color Emoji', 'Segoe UI Emoji', 'Noto Color Emoji', sans-serif";
    return pen.measureText("🇫🇷").width < 1.5 * pen.measureText("😀").width;
  }

  constructor(address) {
    this.address = address;
  }

  /** Fetches them, once; rejects without a line. Then `groups` is [[key, entries]]. */
  async load() {
    if (this.groups) return;
    const groups = await fetch(this.address).then((answer) => answer.json());
    this.groups = groups.filter(([key]) => key !== "flags" || comptoir.EmojiNames.drawsFlags());
    this.all = this.groups.flatMap(([, entries]) => entries);
  }

  /** The entry of a character, whatever its tone. */
  entry(character) {
    const { TONES, toned } = comptoir.EmojiNames;
    this.known ??= new Map(this.all.flatMap((entry) => TONES.map((_, tone) => [toned(entry, tone), entry])));
    return this.known.get(character);
  }

  /** Entries by the beginning of every word; what is called so before what is only found so, short names first. */
  find(text) {
    const plain = (words) => ` ${comptoir.fold(words).replace(/[^\p{L}\p{N}+]+/gu, " ").trim()}`;
    this.plain ??= this.all.map((entry) => ({ entry, name: plain(entry[1]), words: plain(`${entry[1]} ${entry[2]}`) }));
    const wanted = plain(text).trim().split(" ");
    const begins = (words) => wanted.every((word) => words.includes(` ${word}`));
    return this.plain
      .filter(({ words }) => begins(words))
      .sort((a, b) => begins(b.name) - begins(a.name) || (begins(a.name) && a.name.length - b.name.length))
      .map(({ entry }) => entry);
  }
};
