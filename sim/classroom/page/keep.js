"use strict";
// Keep: a link, a scenario file, paper.
function keepRow(makeFile, fileName) {
  return el("div", { class: "row no-print", role: "group", "aria-label": T("keep") },
    !isExported && button(T("copy_link"), copyLink),
    !isExported && makeFile && button(T("as_scenario"), async () => {
      try { download(fileName(), await makeFile(), "text/yaml"); say(T("scenario_saved", { file: fileName(), options: State.theory && State.mode !== "teams" ? ` --theory ${State.theory}` : "" })); } catch (error) { sayError(error); }
    }),
    button(T("print"), () => window.print()));
}

async function copyLink() {
  writeAddress();
  try { await navigator.clipboard.writeText(location.href); say(T("link_copied")); } catch { say(T("link_in_address")); }
}
