/**
 * A dozen of made messages and on which side each belongs. What is changed in the filter for speed must not move one of them.
 * They come from `outside.test`, whose SPF names the foreign server, so that nothing but the message itself decides.
 */

export interface Sample {
  readonly name: string;
  readonly side: "ham" | "spam";
  readonly message: string;
}

/** The envelope that all of them have but for those that say otherwise. */
export const ENVELOPE = { from: "visitor@outside.test", to: "ann@home.test", helo: "mail.outside.test" } as const;

const TEXT = ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8"];

/** A header that honest programs write, with fields of one's own. */
function mail(subject: string, fields: readonly string[], body: readonly string[]): string {
  const id = subject.toLowerCase().replaceAll(/[^a-z0-9]+/g, ".");
  return [
    "From: Vera Visitor <visitor@outside.test>",
    "To: Ann <ann@home.test>",
    `Subject: ${subject}`,
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${id}@outside.test>`,
    ...fields,
    "",
    ...body,
    "",
  ].join("\r\n");
}

function multipart(kind: string, parts: readonly (readonly string[])[]): { fields: string[]; body: string[] } {
  const boundary = "part-of-a-made-message";
  return {
    fields: ["MIME-Version: 1.0", `Content-Type: multipart/${kind}; boundary="${boundary}"`],
    body: [...parts.flatMap((part) => [`--${boundary}`, ...part]), `--${boundary}--`],
  };
}

function withParts(subject: string, kind: string, parts: readonly (readonly string[])[], more: string[] = []): string {
  const { fields, body } = multipart(kind, parts);
  return mail(subject, [...fields, ...more], body);
}

const html = (...lines: string[]): string[] => [
  "Content-Type: text/html; charset=utf-8",
  "",
  "<html><body>",
  ...lines,
  "</body></html>",
];
const text = (...lines: string[]): string[] => ["Content-Type: text/plain; charset=utf-8", "", ...lines];
const file = (type: string, name: string, content: string): string[] => [
  `Content-Type: ${type}; name="${name}"`,
  "Content-Transfer-Encoding: base64",
  `Content-Disposition: attachment; filename="${name}"`,
  "",
  Buffer.from(content).toString("base64"),
];

/** An executable's first bytes are enough. */
const PROGRAM = `MZ${"\0".repeat(62)}PE\0\0${"\0".repeat(100)}`;
const GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";

export const CORPUS: readonly Sample[] = [
  { name: "a plain note", side: "ham", message: mail("Lunch on Friday", TEXT, ["Shall we meet at one?", "", "Vera"]) },
  {
    name: "an answer within a thread",
    side: "ham",
    message: mail(
      "Re: Lunch on Friday",
      [...TEXT, "In-Reply-To: <lunch@home.test>", "References: <lunch@home.test>"],
      ["On Monday Ann wrote:", "> One o'clock is fine.", "", "See you there."],
    ),
  },
  {
    name: "a newsletter that can be left",
    side: "ham",
    message: withParts(
      "What the garden needs in March",
      "alternative",
      [
        text("Prune the roses. More at https://outside.test/garden"),
        html('<p>Prune the roses. <a href="https://outside.test/garden">More about it</a></p>'),
      ],
      ["List-Id: <garden.outside.test>", "List-Unsubscribe: <mailto:leave@outside.test>"],
    ),
  },
  {
    name: "an invoice as PDF",
    side: "ham",
    message: withParts("Invoice 2026-104", "mixed", [
      text("The invoice for the repair of the roof is attached."),
      file("application/pdf", "invoice.pdf", "%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"),
    ]),
  },
  {
    name: "an invitation",
    side: "ham",
    message: withParts("Invitation: choir", "alternative", [
      text("Choir, Tuesday at seven."),
      [
        "Content-Type: text/calendar; charset=utf-8; method=REQUEST",
        "",
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        "UID:choir@outside.test",
        "DTSTART:20260310T190000Z",
        "SUMMARY:Choir",
        "END:VEVENT",
        "END:VCALENDAR",
      ],
    ]),
  },
  {
    name: "a letter in another language",
    side: "ham",
    message: mail(
      "=?utf-8?q?Gr=C3=BC=C3=9Fe_aus_K=C3=B6ln?=",
      [...TEXT, "Content-Transfer-Encoding: 8bit"],
      [
        "Liebe Ann,",
        "",
        "wir sind gut angekommen. Das Wetter ist schön, die Brücke wird repariert, und am Dienstag fahren wir weiter.",
      ],
    ),
  },
  { name: "the test line of spam filters", side: "spam", message: mail("Test", TEXT, [GTUBE]) },
  {
    name: "a program",
    side: "spam",
    message: withParts("Your parcel", "mixed", [
      text("Open the attached label."),
      file("application/octet-stream", "label.exe", PROGRAM),
    ]),
  },
  {
    name: "a program that poses as a document",
    side: "spam",
    message: withParts("Invoice", "mixed", [
      text("Open the attached invoice."),
      file("application/octet-stream", "invoice.pdf.exe", PROGRAM),
    ]),
  },
  {
    name: "a script",
    side: "spam",
    message: withParts("Voice message", "mixed", [
      text("You have a new voice message."),
      file("text/plain", "voice.js", "new ActiveXObject('WScript.Shell')"),
    ]),
  },
  {
    name: "links that lead elsewhere than they say, from nobody in particular",
    side: "spam",
    message: [
      "From: Your Bank <visitor@outside.test>",
      "To: undisclosed-recipients:;",
      "Subject: URGENT!!! YOUR ACCOUNT WILL BE CLOSED $$$",
      "MIME-Version: 1.0",
      "Content-Type: text/html",
      "X-Priority: 1",
      "",
      "<html><body><font size=0>hidden words of no meaning at all</font>",
      '<a href="http://203.0.113.99/login">https://www.paypal.com/signin</a>',
      '<a href="http://evil.invalid/login">https://www.amazon.com/account</a>',
      '<img src="http://203.0.113.99/pixel.gif"></body></html>',
      "",
    ].join("\r\n"),
  },
  {
    name: "a message without any of the fields that honest programs write",
    side: "spam",
    message: ["From: <visitor@outside.test>", "Subject: FREE MONEY CLICK NOW", "", "http://203.0.113.99/win", ""].join(
      "\r\n",
    ),
  },
];
