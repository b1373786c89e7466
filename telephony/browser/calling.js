// What an agent does with a call besides talking: asking somebody, handing over, three together, keys, calling out, help.
import { picker } from "./picker.js";
import { presenceText } from "./surroundings.js";
import { page, t } from "../../contact_center/web/browser/words.js";

const $ = (id) => document.getElementById(id);
const CONFIRM_WITHIN = 5000;
// Whoever rests is not asked.
const RESTING = ["break", "lunch"];

export class Calling {
  constructor(board, link, phone, card, say) {
    Object.assign(this, { board, link, phone, card, say, nuisanceAsked: 0 });
    const does = {
      transfer: () => this.transfer(), "hand-over": () => this.send("call.hand_over"), join: () => this.send("call.join"),
      drop: () => this.send("call.drop"), keypad: () => this.keypad(), dial: () => this.dial(), hand: () => this.hand(),
      nuisance: () => this.nuisance(), neighbours: () => this.neighbours(), "leave-supervision": () => this.send("supervise.end"),
    };
    for (const [id, act] of Object.entries(does)) $(id).addEventListener("click", act);
  }

  send(type, fields) {
    this.link.send(type, fields).catch((refusal) => this.say(refusal.sentence));
  }

  // The name of a seat or an office, as a contact names it.
  name(third) {
    const [kind, id] = third.split(":");
    if (kind === "department") return page.departments.find((one) => one.id === id)?.name ?? id;
    const seat = this.board.state.seats[id];
    return seat ? `${seat.name} ${seat.person_name}` : id;
  }

  draw(mine) {
    const { contact, seat } = this.board;
    const own = contact && contact.person === this.board.me.id && contact.seat === this.board.seatId;
    const talking = mine && own && this.phone.inCall && ["talking", "held"].includes(contact.state);
    const asked = talking && Boolean(contact.third);
    $("transfer").hidden = !talking || asked;
    // While somebody is asked, hanging up means them: the resident waits.
    this.asking = asked && contact.third_state !== "joined";
    $("drop").hidden = !asked || this.asking;
    $("hang-up").querySelector("span").textContent = this.asking ? t("相談をやめる") : t("電話を切る");
    $("join").hidden = !(asked && contact.third_state === "talking");
    $("hand-over").hidden = !(asked && contact.third_state !== "called");
    $("keypad").hidden = !(mine && this.phone.inCall && !asked && !seat?.supervises);
    $("dial").hidden = !(mine && seat && ["available", "away"].includes(seat.presence));
    $("hand").hidden = !(mine && seat);
    $("hand").setAttribute("aria-pressed", String(Boolean(seat?.hand)));
    $("nuisance").hidden = !talking || contact.nuisance;
    this.mine = mine;
    const confirm = Date.now() - this.nuisanceAsked < CONFIRM_WITHIN;
    $("nuisance").querySelector("span").textContent = confirm ? t("本当に迷惑電話にする") : t("迷惑電話");
    $("neighbours").hidden = !page.neighbours.length;
    $("leave-supervision").hidden = !seat?.supervises;
    $("closing-script").hidden = !contact?.nuisance;
    picker.renew(picker.items);
  }

  // What the call bar says of somebody else in the conversation.
  sentence() {
    const { contact, seat } = this.board;
    if (seat?.supervises) {
      const name = this.board.state.seats[seat.supervises]?.name ?? "";
      return { listen: t("{name}の通話を聞いています", { name }), whisper: t("{name}のオペレーターにだけ話しています", { name }), join: t("{name}の通話に加わっています", { name }) }[seat.supervision];
    }
    if (!contact?.third) return null;
    const name = this.name(contact.third);
    if (contact.state === "transferring") return t("{name}に取り次いでいます。出ないときは、次のオペレーターにつながります。", { name });
    if (contact.person !== this.board.me.id) return contact.third_state === "joined" ? t("三者で通話中（住民にも聞こえています）") : t("相談を受けています");
    return { called: t("{name}を呼んでいます（住民は保留中）", { name }), talking: t("{name}と相談中（住民は保留中）", { name }), joined: t("{name}と三者で通話中", { name }) }[contact.third_state];
  }

  targets() {
    const { state, seatId, contact } = this.board;
    const seats = Object.entries(state.seats).filter(([id, one]) => id !== seatId && one.person !== null).map(([id, one]) => ({
      target: `seat:${id}`, label: `${one.name} ${one.person_name}`, detail: one.supervisor ? t("責任者・{presence}", { presence: presenceText(one) }) : presenceText(one),
      words: [id, ...(one.supervisor ? [t("責任者"), t("せきにんしゃ")] : [])],
      off: one.presence === "available" || (one.presence === "away" && !RESTING.includes(one.reason)) ? "" : presenceText(one), first: one.supervisor ? 0 : 1,
    }));
    const offices = page.departments.filter((one) => one.city === contact?.city).map((one) => ({
      target: `department:${one.id}`, label: one.name, detail: one.phone, words: [one.id, ...one.words, one.phone],
      off: one.transfer ? "" : t("つなげません（{phone}を案内）", { phone: one.phone }), first: 2,
    }));
    return [...seats.sort((a, b) => Boolean(a.off) - Boolean(b.off) || a.first - b.first), ...offices];
  }

  transfer() {
    if ($("transfer").hidden) {
      this.say(t("取り次ぎは、通話中に使えます。"));
      return;
    }
    picker.show({
      title: t("取り次ぎ先（名前・読み・番号の一部を入力）"), items: () => this.targets(),
      actions: [
        { text: t("相談する（Enter）"), does: ({ target }) => this.send("call.consult", { target }) },
        { text: t("そのまま取り次ぐ（Shift+Enter）"), does: ({ target }) => this.send("call.pass_on", { target }) },
      ],
    });
  }

  keypad() {
    if ($("keypad").hidden) return;
    picker.show({
      title: t("相手に送る番号ボタン（0-9 * #）"), items: () => [],
      free: (typed) => (/^[0-9*#]{1,40}$/.test(typed) ? { label: typed, detail: t("Enterで送ります"), words: [], digits: typed } : null),
      actions: [{ text: t("送る"), does: ({ digits }) => {
        this.phone.command("keys", digits);
        this.say(t("{digits} を送りました。", { digits }));
      } }],
    });
  }

  dial() {
    if ($("dial").hidden) return;
    const lines = Object.entries(this.board.state.lines);
    picker.show({
      title: t("かける番号"),
      items: () => page.departments.flatMap((one) => lines.filter(([, line]) => line.city_id === one.city).slice(0, 1).map(([line]) => ({
        label: one.name, detail: one.phone, words: [one.id, ...one.words, one.phone], number: one.phone, line,
      }))),
      free: (typed) => (/^[-0-9０-９ー－ ()]{3,20}$/.test(typed) ? { label: typed, detail: t("この番号にかける"), words: [], number: typed, line: this.lineOf() } : null),
      actions: [{ text: t("かける（Enter）"), does: ({ number, line }) => this.send("call.dial", { number, line }) }],
    });
  }

  // The line whose number is shown to whom we call: that of the last contact, else the first.
  lineOf() {
    return this.board.contact?.line ?? Object.keys(this.board.state.lines)[0];
  }

  hand() {
    this.send("seat.hand", { raised: !this.board.seat?.hand });
  }

  nuisance() {
    if ($("nuisance").hidden) return;
    if (Date.now() - this.nuisanceAsked > CONFIRM_WITHIN) {
      this.nuisanceAsked = Date.now();
      this.draw(this.mine);
    } else {
      this.nuisanceAsked = 0;
      this.send("call.nuisance", { contact: this.board.contact.id });
    }
  }

  neighbours() {
    if ($("neighbours").hidden) return;
    picker.show({
      title: t("他市の方（市の名前・読みを入力）"),
      items: () => page.neighbours.map((one) => ({ ...one, label: `${one.name} ${one.phone}`, detail: one.office, words: [...one.words, one.phone] })),
      actions: [{ text: t("案内した（Enter）"), stays: true, does: ({ label }) => {
        this.card.elsewhere();
        this.say(t("{label} を案内してください。", { label }));
        picker.close();
      } }],
    });
  }
}

// The keys of the page, as its buttons say them.
export function showKeys() {
  const rows = [...document.querySelectorAll("[aria-keyshortcuts]")].map((one) => {
    const name = one.tagName === "BUTTON" ? [...one.childNodes].filter((node) => node.nodeName !== "KBD").map((node) => node.textContent).join("").trim() : one.labels?.[0]?.firstChild.textContent.trim() ?? one.ariaLabel ?? "";
    return { label: one.getAttribute("aria-keyshortcuts").replace("Control", "Ctrl"), detail: name, words: [name] };
  });
  const more = [["Alt+C", t("分類へ")], ["Alt+O", t("対応結果へ")], ["?", t("この一覧")]].map(([label, detail]) => ({ label, detail, words: [detail] }));
  picker.show({ title: t("キーの一覧（Escで閉じる）"), items: () => [...rows, ...more], actions: [] });
}
