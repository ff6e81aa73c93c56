/** Messages that look like a colleague's: plain words in lines, no two alike, and the same ones for the same seed. */

const WORDS =
  "about after again agenda answer april archive autumn before begin better board bring budget build calendar carry change check clear close coffee column committee copy corner count course cover customer daily date decide deliver design detail document draft early easy edition evening example expect figure final finish follow form friday garden gather general group handle harbour hold house idea include increase inform issue item january join keep kitchen know language later learn leave letter library light listen little local look lunch machine maintain manage march market matter measure meeting member minute monday morning move name near need newsletter notice number offer office open order other page paper part people perhaps phone piece place plan point prepare present price print project question quick quiet raise read ready reason record remain repair report request rest return review river room schedule season second section send series share short show simple since small spring start station still summer supply table talk team thank their thing think third thursday today together tomorrow town train travel tuesday under update usual view visit wait walk water wednesday week welcome which while winter without wonder work write year yesterday".split(
    " ",
  );

/** A small generator of numbers from 0 to 1 (mulberry32): a run can be repeated with the very same messages. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Letter {
  readonly from: string;
  readonly to: string;
  /** Unique; also in the Message-ID. */
  readonly id: string;
  readonly seed: number;
  /** Size of the whole message; the last line may go a little beyond. */
  readonly bytes: number;
}

/** A whole message with CRLF line ends, none of which begins with a dot. */
export function letter({ from, to, id, seed, bytes }: Letter): string {
  const next = numbers(seed);
  const word = (): string => WORDS[Math.floor(next() * WORDS.length)] ?? "";
  const sentence = (): string => {
    const text = Array.from({ length: 5 + Math.floor(next() * 9) }, word).join(" ");
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  };
  const domain = from.split("@")[1] ?? "";
  const lines = [
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${word()} ${word()} ${word()}`,
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${id}@${domain}>`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "",
    "Good morning,",
    "",
  ];
  let size = lines.reduce((sum, line) => sum + line.length + 2, 0);
  while (size < bytes) {
    const line = sentence();
    lines.push(line);
    size += line.length + 2;
  }
  return `${lines.join("\r\n")}\r\n`;
}
