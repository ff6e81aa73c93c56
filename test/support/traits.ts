/** What can be odd about a message, each by itself, to be put together in pairs. An honest message without any is {@link build}'s. */

interface Draft {
  readonly headers: Map<string, string>;
  body: string;
}

type Trait = (draft: Draft) => void;

/** An honest message with some traits, in the order given. */
export function build(...traits: readonly Trait[]): string {
  const draft: Draft = {
    headers: new Map([
      ["From", "Vera Visitor <visitor@outside.test>"],
      ["To", "Ann <ann@home.test>"],
      ["Subject", "Lunch on Friday"],
      ["Date", new Date().toUTCString().replace("GMT", "+0000")],
      ["Message-ID", "<lunch.1@outside.test>"],
      ["MIME-Version", "1.0"],
      ["Content-Type", "text/plain; charset=utf-8"],
    ]),
    body: "Shall we meet at one?\r\n\r\nVera\r\n",
  };
  for (const trait of traits) trait(draft);
  const headers = [...draft.headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `${headers}\r\n${draft.body}`;
}

const header =
  (name: string, value: string): Trait =>
  ({ headers }) =>
    void headers.set(name, value);

const without =
  (name: string): Trait =>
  ({ headers }) =>
    void headers.delete(name);

const body =
  (text: string): Trait =>
  (draft) => {
    draft.body = `${text}\r\n`;
  };

const html =
  (content: string): Trait =>
  (draft) => {
    draft.headers.set("Content-Type", "text/html; charset=utf-8");
    draft.body = `<html><body>${content}</body></html>\r\n`;
  };

const attached =
  (name: string, type: string, content: string): Trait =>
  (draft) => {
    draft.headers.set("Content-Type", 'multipart/mixed; boundary="part"');
    draft.body = [
      ...["--part", "Content-Type: text/plain", "", "See the attached file."],
      ...["--part", `Content-Type: ${type}; name="${name}"`, "Content-Transfer-Encoding: base64"],
      `Content-Disposition: attachment; filename="${name}"`,
      ...["", Buffer.from(content).toString("base64"), "--part--", ""],
    ].join("\r\n");
  };

/** By a name for sentences. */
export const TRAITS: Readonly<Record<string, Trait>> = {
  "no Date": without("Date"),
  "no Message-ID": without("Message-ID"),
  "no To": without("To"),
  "no Subject": without("Subject"),
  "a Date of 2001": header("Date", "Mon, 01 Jan 2001 10:00:00 +0000"),
  "a Message-ID without a domain": header("Message-ID", "<lunch>"),
  "a shouting subject": header("Subject", "URGENT!!! READ THIS NOW"),
  "a From without a name": header("From", "<visitor@outside.test>"),
  "a From whose name is another address": header("From", '"ann@home.test" <visitor@outside.test>'),
  "a From of a well-known domain": header("From", "Pay Pal <service@paypal.com>"),
  "a Reply-To that leads elsewhere": header("Reply-To", "x@evil.invalid"),
  "a To that nobody reads": header("To", "undisclosed-recipients:;"),
  "a To of somebody else": header("To", "bob@elsewhere.test"),
  "highest priority": header("X-Priority", "1"),
  "a forged mail program": header("X-Mailer", "The Bat! (v2.00.9) Personal"),
  "a script's name": header("X-PHP-Originating-Script", "48:eval()'d code.php"),
  "a list's fields": ({ headers }) => {
    headers.set("List-Id", "<garden.outside.test>");
    headers.set("List-Unsubscribe", "<https://outside.test/leave>");
  },
  "one address on the way that has no name": header(
    "Received",
    "from [192.0.2.77] (unknown [192.0.2.77]) by mail.outside.test with ESMTP id 1; Mon, 01 Jan 2001 10:00:00 +0000",
  ),
  "a picture and nothing else": html('<img src="http://203.0.113.9/a.gif">'),
  "a link that leads elsewhere than it says": html(
    '<a href="http://203.0.113.99/login">https://www.paypal.com/signin</a>',
  ),
  "hidden words": html('<font size="0">hidden words</font><p style="display:none">more of them</p><p>hi</p>'),
  "one short link": body("Click http://203.0.113.99/win"),
  "a demand for money": body("I recorded you. Send 0.5 BTC to 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa within 48 hours."),
  "letters of two alphabets": body("Раyраl аccоunt hаs bееn suspеndеd, plеаsе vеrify yоur infоrmаtiоn"),
  "no text": body(""),
  "an attached page": attached("index.en.html", "text/html", "<html><body>Prices</body></html>"),
  "an attached script": attached("a.js", "text/plain", "new ActiveXObject('WScript.Shell')"),
  "an attached archive": attached("a.zip", "application/zip", `PK\u0005\u0006${"\0".repeat(18)}`),
  "an attached document with macros": attached("a.docm", "application/vnd.ms-word", "PK"),
};
