// 予約受付システム 共通関数
function send(act, val) {
  document.f.act.value = act;
  if (val !== undefined) document.f.val.value = val;
  document.f.submit();
}

function erabu(td, id) {
  var tds = document.getElementsByTagName("td");
  for (var i = 0; i < tds.length; i++) {
    if (tds[i].getAttribute("data-moto")) {
      tds[i].className = tds[i].getAttribute("data-moto");
      tds[i].removeAttribute("data-moto");
    }
  }
  td.setAttribute("data-moto", td.className);
  td.className = "sentaku";
  document.f.val.value = id;
}

function hanrei(dir) {
  document.write("<p><img src=\"" + dir + "maru.svg\" width=\"14\" height=\"14\" />空きあり　");
  document.write("<img src=\"" + dir + "sankaku.svg\" width=\"14\" height=\"14\" />残りわずか　");
  document.write("<img src=\"" + dir + "batsu.svg\" width=\"14\" height=\"14\" />満員　");
  document.write("<img src=\"" + dir + "yasumi.svg\" width=\"14\" height=\"14\" />休業日</p>");
}
