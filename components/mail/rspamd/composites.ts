/** What several findings of the package's rules come to together, beyond the package's own such rules. */

/** Programs that the package finds less bad than others. */
const PROGRAMS = ["exe", "jar", "sfx"];
/** Extensions of what is read and looked at, as alternatives of a regular expression. */
const DOCUMENTS = "pdf|docx?|xlsx?|pptx?|odt|ods|odp|rtf|txt|csv|html?|jpe?g|png|gif|bmp|tiff?|mp3|mp4|avi|wav|zip|rar";
/** Extensions of what runs when it is opened, in the same way. */
const DISGUISED = "exe|scr|pif|com|bat|cmd|cpl|msi|jar|js|jse|vbs?|vbe|wsf|wsh|hta|lnk|ps1|sfx";

/** `composites.conf`. */
export const COMPOSITES = `composites {
  # Programs are filed as spam, whatever else the message looks like. The package's own weights do so with all but these.
  "PROGRAM_ATTACHED" {
    expression = "${PROGRAMS.map((extension) => `MIME_BAD_EXTENSION[${extension}]`).join(" | ")}";
    score = 6;
    policy = "leave";
  }
  # One that poses as a document, such as "invoice.pdf.exe", is nothing that anybody sends in good faith, and is refused.
  "DISGUISED_PROGRAM" {
    expression = "MIME_DOUBLE_BAD_EXTENSION[/^\\\\.(${DOCUMENTS})\\\\.(${DISGUISED})$/i]";
    score = 15;
    policy = "leave";
  }
}
`;
