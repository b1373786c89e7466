// The kiosk's devices as the operator sees them: the card in words, the photo's check in words, a paper as a picture that is not kept.
import { element, settle } from "../../contact_center/web/browser/settle.js";
import { t } from "../../contact_center/web/browser/words.js";

export class Devices {
  constructor(place, { send, words }) {
    Object.assign(this, { place, send, words });
    place.addEventListener("click", ({ target }) => {
      const key = target.closest("button");
      if (key) send({ do: key.dataset.device, what: key.dataset.what });
    });
  }

  clear() {
    this.place.replaceChildren();
  }

  draw(state, procedure, live) {
    const parts = live ? procedure.devices.map((device) => this[device]?.(state)).filter(Boolean) : [];
    settle(this.place, parts);
  }

  box(name, title, sentences, keys) {
    const made = element("section", "", "dk-device");
    made.dataset.key = name;
    element("p", title, "dk-title", made);
    for (const sentence of sentences.filter(Boolean)) element("p", sentence, "", made);
    const row = element("p", "", "keys", made);
    for (const [what, words, kind = ""] of keys) {
      const key = element("button", words, kind, row);
      key.type = "button";
      Object.assign(key.dataset, { device: name, what });
    }
    return made;
  }

  card({ card }) {
    if (!card) return this.box("card", t("カード"), [], [["look", t("カードを見る")]]);
    const left = Object.entries({ user: t("4けた"), signature: t("英数字"), entry: t("券面") }).filter(([name]) => name in (card.left ?? {}));
    const tries = left.map(([name, title]) => t("{title}: あと{n}回", { title, n: card.left[name] })).join(" ");
    const kind = { none: t("置かれていません"), card: t("マイナンバーカード"), other: t("別のカード"), unreadable: t("読めません"), busy: t("ページが使っています。終わったら、もう一度見てください"), fault: t("読み取り機が使えません") }[card.kind];
    const expires = card.expires ? t("電子証明書は{day}まで", { day: card.expires }) : "";
    return this.box("card", t("カード"), [kind, tries, expires, ...(card.advice ?? []).map((word) => this.words[`card.${word}`])], [["look", t("もう一度見る")]]);
  }

  camera({ photo }) {
    const at = photo?.at ?? "";
    const faults = (photo?.faults ?? []).map((word) => this.words[`photo.${word}`] ?? word);
    const hint = photo?.head_wear ? [this.words["photo.head_wear"]] : [];
    if (at === "guide") return this.box("photo", t("写真"), [faults[0] ?? this.words["photo.still"], ...hint], [["shoot", t("撮る"), "strong"], ["stop", t("やめる")]]);
    if (at === "taken") return this.box("photo", t("写真"), [faults.join(" ") || this.words["photo.good"], ...hint], [["put", t("ページに入れる"), "strong"], ["guide", t("撮り直す")], ["stop", t("捨てる")]]);
    const again = at === "no_field" ? [["put", t("もう一度入れる"), "strong"]] : [];
    const said = { put: t("ページに入れました。手もとの写真は消しました。"), no_field: t("ページに写真の欄がありません。欄のあるページを開いてください。"), fault: t("カメラが使えません。") }[at] ?? "";
    return this.box("photo", t("写真"), [said], [...again, ["guide", t("撮影を始める")]]);
  }

  papers({ papers }) {
    const at = papers?.at ?? "";
    const said = { read: t("申請書のQRコードを読みました。"), filled: t("申請書IDのページを開きました。"), hiding: t("マイナンバーを黒く塗っています。少しお待ちください。"), shown: t("紙の画像を出しました。12けたの番号は黒く塗ってあります。"), no_reader: t("文字を読み取るソフトが端末で動かないため、紙の画像は出せません。"), fault: t("書画カメラが使えません。") }[at] ?? this.words[`paper.${at}`] ?? "";
    const id = papers?.id ? t("印字された申請書ID: {id}（画像と見比べてください）", { id: papers.id }) : "";
    const fill = at === "read" ? [["fill", t("ページに入れる"), "strong"]] : id ? [["fill", t("いまの欄に入れる"), "strong"]] : [];
    return this.box("papers", t("申請書"), [said, id], [["read", t("QRコードを読む")], ["show", t("紙を見る")], ...fill]);
  }
}
