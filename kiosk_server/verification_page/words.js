// Every word of a verdict: Japanese, English.

export const VERDICTS = {
  forged_or_altered: ["偽造または改ざんの疑いがあります", "Suspected forgery or alteration"],
  genuine_statement: ["市が発行した内容です。券面と見比べてください", "A genuine statement of the city. Compare it with the sheet"],
  void_or_replaced: ["この証明書は無効です", "This certificate is void"],
  cannot_tell: ["判定できません", "No verdict is possible"],
};

/** The sign beside a verdict, so that colour is never alone. */
export const SIGNS = { forged_or_altered: "✕", genuine_statement: "≟", void_or_replaced: "無効", cannot_tell: "?" };

export const REASONS = {
  code_malformed: ["コードの中身が、市が発行するものと違います。受け取らないで、市にお問い合わせください。",
    "The code does not hold what the city writes. Do not accept the sheet; ask the city."],
  signature_wrong: ["コードの署名が市のものではありません。受け取らないで、市にお問い合わせください。",
    "The code was not signed by the city. Do not accept the sheet; ask the city."],
  key_not_in_force: ["発行日が、署名した鍵の有効期間と合いません。受け取らないで、市にお問い合わせください。",
    "The date of issue and the dates of the key disagree. Do not accept the sheet; ask the city."],
  statement_issued: ["お手元の紙が本物だという判定ではありません。コードは写し取れるからです。下の内容が券面とすべて同じか、1つずつ確かめてください。1つでも違えば受け取らないでください。",
    "This does not say that the sheet in your hand is genuine: a code can be copied. Check that every line below is the same on the sheet. If one differs, do not accept it."],
  void: ["市が無効にした、または発行に至らなかった証明書です。受け取らないでください。",
    "The city has made it void, or it was never issued. Do not accept it."],
  replaced: ["別の証明書に差し替えられています。新しい証明書を見せてもらってください。",
    "Another certificate has replaced it. Ask for the new one."],
  file_changed: ["PDF が電子署名の後で変更されています。受け取らないで、市にお問い合わせください。",
    "The PDF was changed after it was signed. Do not accept it; ask the city."],
  text_changed: ["PDF のページの文字が、発行されたときと違います。受け取らないで、市にお問い合わせください。",
    "The text of a page is not what was issued. Do not accept the file; ask the city."],
  pages_disagree: ["PDF のページとコードが合いません。受け取らないで、市にお問い合わせください。",
    "The pages of the PDF and their codes do not belong together. Do not accept it; ask the city."],
  signer_unknown: ["PDF の電子署名が、市の公開した証明書によるものではありません。市にお問い合わせください。",
    "The PDF is signed under no certificate that the city has published. Ask the city."],
  file_added: ["PDF に、電子署名の後でタイムスタンプなどが加えられています。このページでは確かめられません。kiosk verify で確かめるか、市にお問い合わせください。",
    "Time-stamps or the like were added to the PDF after it was signed. This page cannot check them. Check with the command kiosk verify, or ask the city."],
  file_otherwise: ["市から受け取ったままの PDF ではないため、確かめられません。受け取ったままの PDF を選ぶか、印刷した紙を写してください。",
    "This PDF is not as the city made it and cannot be checked. Choose the PDF as the city made it, or photograph the printed sheet."],
  no_code: ["コードが読み取れません。証明書の左下のコードを、明るい場所で、真上から、大きく写してください。",
    "No code could be read. Show the code at the lower left of the certificate: in good light, from straight above, large."],
  no_code_in_pdf: ["この PDF からはコードを読み取れません。印刷した紙を写すか、市から受け取ったままの PDF を選んでください。",
    "No code could be read from this PDF. Photograph the printed sheet, or choose the PDF as the city made it."],
  unreadable: ["開けないファイルです。写真やスキャン(JPEG、PNG)、または PDF を選んでください。",
    "This file cannot be opened. Choose a photo or scan (JPEG, PNG) or a PDF."],
  newer_form: ["このページの知らない形式のコードです。新しいページを市のウェブサイトから入手してください。",
    "A code of a form that this page does not know. Get a new page from the city's web site."],
  another_code: ["証明書のコードではありません。証明書の左下にあるコードを写してください。",
    "This is not a certificate's code. Show the code at the lower left of the certificate."],
  no_keys: ["ほかの市区町村のコードです。その市区町村の確認ページをお使いください。",
    "The code is said to be another municipality's. Use the page of that municipality."],
  keys_old: ["このページは、証明書より前に作られました。新しいページを市のウェブサイトから入手してください。",
    "This page is older than the certificate. Get a new one from the city's web site."],
  no_list: ["この証明書が発行された月の状態リストがないか、読み取れません。市のウェブサイトの確認ページをお使いください。",
    "The status list of the month of issue is missing or cannot be read. Use the page on the city's web site."],
  list_stale: ["状態リストの有効期限が切れている(または、この機器の時計が違う)ため、今も有効な証明書かどうか分かりません。新しいページを市のウェブサイトから入手してください。",
    "The status list has expired, or the clock of this device is wrong: whether the certificate still stands is not known. Get a new page from the city's web site."],
  list_older: ["状態リストより後に発行された証明書です。1時間ほど後に、新しいリストでもう一度確かめてください。",
    "The certificate is newer than the status list. Check again in an hour or so, with a new list."],
  several_sheets: ["別々の証明書のページが混ざっています。1通の証明書として受け取らないでください。",
    "These pages are of different certificates. Do not accept them as one."],
  no_crypto: ["このブラウザでは署名を確かめられません。新しいブラウザで、https のページか、保存したファイルを開いてください。",
    "This browser cannot check signatures. Use a recent one, with an https page or the saved file."],
  broken_page: ["このページの中身が壊れているか、足りません。市のウェブサイトから入手し直してください。",
    "This page is damaged or incomplete. Get it again from the city's web site."],
  no_camera: ["カメラを使えません。ブラウザの許可を確かめるか、写真を選んでください。",
    "The camera cannot be used. Look at the browser's permission, or choose a photo."],
};

export const KINDS = {
  resident_record: ["住民票の写し", "Copy of resident record"],
  resident_statement: ["住民票記載事項証明書", "Certificate of items of resident record"],
  seal_registration: ["印鑑登録証明書", "Certificate of seal registration"],
  tax_assessment: ["課税証明書", "Tax assessment certificate"],
  tax_income: ["所得証明書", "Income certificate"],
  tax_payment: ["納税証明書", "Tax payment certificate"],
  koseki_full: ["戸籍全部事項証明書", "Full koseki certificate"],
  koseki_individual: ["戸籍個人事項証明書", "Individual koseki certificate"],
  koseki_supplement: ["戸籍の附票の写し", "Copy of koseki supplement"],
  disaster_damage: ["罹災証明書", "Disaster damage certificate"],
};

export const FACTS = {
  name: ["氏名", "Name"],
  birth: ["生年月日", "Date of birth"],
  kind: ["証明書の種類", "Kind of certificate"],
  persons: ["載っている人数", "Persons on it"],
  day: ["発行日", "Date of issue"],
  number: ["発行番号", "Issuance number"],
  page: ["ページ", "Page"],
};

export const OTHER = {
  genuine_statement: ["券面と見比べる内容", "Compare with the sheet"],
  void_or_replaced: ["無効になった証明書", "The certificate that is void"],
  cannot_tell: ["市が署名した内容(今も有効かは判定できません)", "What the city signed (whether it still stands is not known)"],
  short_name: ["長い氏名のため、途中までです。", "A long name: only its beginning."],
  next_page: ["次のページをカメラで読み取る", "Read the next page with the camera"],
  list_date: ["状態リストの日時", "Status list as of"],
};

/** All pages are read. */
export function completeWords(pages) {
  return [`全${pages}ページを確認しました。`, pages === 1 ? "Its only page was read." : `All ${pages} pages were read.`];
}

/** The pages that are still to be read. */
export function missingWords(pages, missing) {
  const named = missing.length > 5 ? [...missing.slice(0, 5), "…"] : missing;
  return [`全${pages}ページのうち、${named.join("、")}ページ目がまだです。続けて読み取ってください。`,
    `Of ${pages} pages, page ${named.join(", ")} is still to be read. Please go on.`];
}
